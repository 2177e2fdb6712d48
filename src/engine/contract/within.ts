/**
 * What a piece of work answers, if it does so in time. What it comes to later is nobody's, not even its rejection.
 * @param ms milliseconds
 * @throws Error when it takes longer; what the work rejects with
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
