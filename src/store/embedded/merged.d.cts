/** The next entry of a list that descends; undefined at its end. */
export interface Walker<Taken> {
  head(): string | undefined;
  take(): Taken;
}

/** The position of the way with the fewest entries. @param size counts the entries of a way, at most so many and one */
export function fewest<Way>(ways: readonly Way[], size: (way: Way, most: number) => number): number;

/** Merges lists, largest entry first; each entry is found once. */
export function largestFirst<Taken>(walkers: readonly Walker<Taken>[], most: number): Taken[];

/** The number of entries to read of each list at first. */
export function firstPart(lists: number, most: number): number;
