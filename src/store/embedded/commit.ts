import { damaged } from './checksum.js';

/** The state after a commit: enough to detect that a value is missing or from another commit. */
export interface Commit {
  /** Number of the commit, counted from the first. */
  readonly number: number;
  /** Number of stored values. */
  readonly count: number;
  /** Sum of all checksums modulo 2^52; it changes with every value that is added, removed or replaced. */
  readonly sum: number;
}

const MODULUS = 2 ** 52;

export const NO_COMMIT: Commit = Object.freeze({ number: 0, count: 0, sum: 0 });

/** Maintains count and sum, value by value. */
export class Tally {
  constructor(
    private count = 0,
    private sum = 0,
  ) {}

  /** @param before checksum of the old value; @param after of the new one; undefined for none */
  change(before: number | undefined, after: number | undefined): void {
    if (before !== undefined) this.count--;
    if (after !== undefined) this.count++;
    this.sum = (this.sum - (before ?? 0) + (after ?? 0) + MODULUS) % MODULUS;
  }

  commit(number: number): Commit {
    return { number, count: this.count, sum: this.sum };
  }
}

/** True when both have the same values. */
export function isSame(a: Tally, b: Tally): boolean {
  const [one, other] = [a.commit(0), b.commit(0)];
  return one.count === other.count && one.sum === other.sum;
}

/** @throws CouldNotTell `store-damaged` when the values are not exactly those of the commit */
export function assertSame(commit: Commit, tally: Tally): void {
  if (!isSame(new Tally(commit.count, commit.sum), tally))
    throw damaged(`it does not contain exactly the ${commit.count} values that were written`);
}
