'use strict';

/** Entries up to which ways are compared exactly at first, and in the end. */
const FEW = 4000;
const MANY = 64_000;

/**
 * Returns the position of the way with the fewest entries: of equally good ones the last. Entries are counted only as
 * far as needed.
 * @param size counts the entries of a way, at most so many and one more
 */
function fewest(ways, size) {
  if (ways.length < 2) return 0;
  for (let most = FEW; most <= MANY; most *= MANY / FEW) {
    let [best, least] = [-1, most];
    for (const [at, way] of ways.entries()) {
      const found = size(way, least);
      if (found <= least) [best, least] = [at, found];
    }
    if (best >= 0) return best;
  }
  return ways.length - 1;
}

/** The number of walkers, of a list that ascends by their heads, whose head is below the given one. */
function countBelow(live, head) {
  let [low, high] = [0, live.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (live[middle].head() < head) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Merges lists that descend, largest entry first; each entry is found once.
 * @param walkers one for each list: `head()` is its next entry, or undefined at its end; `take()` returns that entry as
 *   the result has it, and goes on
 */
function largestFirst(walkers, most) {
  const live = walkers.filter((walker) => walker.head() !== undefined);
  live.sort((a, b) => (a.head() < b.head() ? -1 : 1));
  const found = [];
  for (let last; live.length > 0 && found.length < most;) {
    const walker = live.pop();
    const head = walker.head();
    const taken = walker.take();
    if (head !== last) found.push(taken);
    last = head;
    const next = walker.head();
    if (next !== undefined) live.splice(countBelow(live, next), 0, walker);
  }
  return found;
}

/** The number of entries to read of each list at first. */
const firstPart = (lists, most) => (lists < 2 ? most : Math.min(most, 2 + Math.ceil((2 * most) / lists)));

module.exports = { fewest, largestFirst, firstPart };
