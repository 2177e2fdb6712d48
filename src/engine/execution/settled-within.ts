/** Waits for all of the work, at most so many milliseconds; false when some of it had not settled by then. */
export async function settledWithin(work: ReadonlySet<Promise<unknown>>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, ms, false)));
  const all = async (): Promise<true> => {
    while (work.size > 0) await Promise.allSettled(work);
    return true;
  };
  const settled = await Promise.race([all(), late]);
  clearTimeout(timer);
  return settled;
}
