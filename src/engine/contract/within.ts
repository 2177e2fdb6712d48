/**
 * The result of the work if it settles in time. A later result or rejection is ignored.
 * @param ms milliseconds
 * @throws Error if it takes longer; the rejection of the work
 */
export async function within<T>(ms: number, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
  });
  const answer = Promise.resolve(work);
  answer.catch(() => undefined);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
