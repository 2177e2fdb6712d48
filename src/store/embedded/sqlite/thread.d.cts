/** The path of the program of the thread. */
export const THREAD: string;
/** Its `workerData.program`. */
export const PROGRAM: string;
