/** The path of the program of the thread. */
export const THREAD: string;
