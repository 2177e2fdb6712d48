const NANOSECONDS = 1_000_000;

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const CLOCKS = {
  elapsed: () => Number(process.hrtime.bigint()) / NANOSECONDS,
  /** Of all threads of the process; other work of the machine counts little. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
};

/** Milliseconds that the work takes, once. */
async function timeOnce(work, clock) {
  const begun = clock();
  await work();
  return clock() - begun;
}

/**
 * Times two contenders, which do the same, in turns, so that a slow moment of the machine falls on both; the order
 * changes from round to round. The ratio is the median of the rounds' own ratios.
 * @param collect collects garbage before each time that is taken, where a contender leaves much of it to the other;
 *   else once, since what is short is slower after it
 * @param clock `elapsed` time, or `cpu`: the processor time of this process
 * @returns milliseconds, medians, and ours divided by theirs
 */
export async function compare({ ours, theirs, rounds, warmUp = 1, collect = false, clock = 'elapsed' }) {
  for (let i = 0; i < warmUp; i++) {
    await ours();
    await theirs();
  }
  globalThis.gc?.();
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    const pair = {};
    for (const name of round % 2 === 0 ? ['ours', 'theirs'] : ['theirs', 'ours']) {
      if (collect) globalThis.gc?.();
      pair[name] = await timeOnce(name === 'ours' ? ours : theirs, CLOCKS[clock]);
    }
    taken.push(pair);
  }
  return {
    ours: median(taken.map((pair) => pair.ours)),
    theirs: median(taken.map((pair) => pair.theirs)),
    ratio: median(taken.map((pair) => pair.ours / pair.theirs)),
  };
}

/** The times of one of the many that a round holds. */
export const perOne = ({ ours, theirs, ratio }, many) => ({
  ours: ours / many,
  theirs: theirs / many,
  ratio,
});
