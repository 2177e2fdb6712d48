/** What is stored after a commit: enough to tell that nothing is missing, and nothing is of another time. */
export interface Commit {
  /** Of the commit, counted from the first one. */
  readonly number: number;
  /** Values that are stored. */
  readonly count: number;
  /** All checksums added up, modulo 2^52: it changes with every value that comes, goes or is another. */
  readonly sum: number;
}

const MODULUS = 2 ** 52;

export const NO_COMMIT: Commit = Object.freeze({ number: 0, count: 0, sum: 0 });

/** True when the same is stored after both. */
export const sameContent = (a: Commit, b: Commit): boolean => a.count === b.count && a.sum === b.sum;

/** Counts what is stored, value by value. */
export class Tally {
  constructor(
    private count = 0,
    private sum = 0,
  ) {}

  /** @param before checksum of the value that was there; @param after of the one that is; undefined for none */
  change(before: number | undefined, after: number | undefined): void {
    if (before !== undefined) this.count--;
    if (after !== undefined) this.count++;
    this.sum = (this.sum - (before ?? 0) + (after ?? 0) + MODULUS) % MODULUS;
  }

  commit(number: number): Commit {
    return { number, count: this.count, sum: this.sum };
  }
}
