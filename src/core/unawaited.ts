/** How deep in an answer promises are looked for, and at how many values. */
const DEEPEST = 4;
const MOST = 1_000;

/**
 * Takes the rejections of promises that stand in an answer where values are expected. Nobody awaits them, and a
 * rejection would end the process. Never throws.
 */
export function ignoreRejections(answer: unknown): void {
  let left = MOST;
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > DEEPEST || left-- <= 0) return;
    if (typeof (value as Partial<PromiseLike<unknown>>).then === 'function')
      return void Promise.resolve(value).catch(() => undefined);
    for (const { value: entry } of Object.values(Object.getOwnPropertyDescriptors(value)))
      look(entry, depth + 1);
  };
  try {
    look(answer, 0);
  } catch {
    // A getter or Proxy of the answer threw, and what it hides is out of reach.
  }
}
