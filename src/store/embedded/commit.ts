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

/** True when both commits have the same stored values. */
export const sameContent = (a: Commit, b: Commit): boolean => a.count === b.count && a.sum === b.sum;

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
