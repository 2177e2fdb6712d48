/**
 * The result of the work if it settles in time. A later result or rejection is ignored.
 * @param ms milliseconds
 * @param late the result if it takes longer; the default throws
 * @throws Error if it takes longer; the rejection of the work
 */
export async function within<T, L = never>(
  ms: number,
  work: PromiseLike<T>,
  late: () => L = () => {
    throw new Error(`No answer within ${ms} ms.`);
  },
): Promise<T | L> {
  const answer = Promise.resolve(work);
  answer.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    // Node keeps a list of timers for each number of milliseconds.
    timer = setTimeout(resolve, Math.ceil(ms));
  }).then(late);
  over.catch(() => undefined);
  return Promise.race([answer, over]).finally(() => clearTimeout(timer));
}
