import type { Turns } from '../turns.js';

const CUT = Symbol('cut');

/** Marks rows that were cut off before the end of the list. */
export function markCut<Row>(rows: Row[]): Row[] {
  return Object.defineProperty(rows, CUT, {});
}

/**
 * Tells whether a store left out rows of a page behind which there may be more: because of the byte limit of the plan,
 * or because they changed between the search for the page and its reading.
 */
export const isCut = (rows: readonly unknown[]): boolean => CUT in rows;

/** Whether a page was full when it was searched, and has lost rows since. */
export const isShort = (
  rows: readonly unknown[],
  found: readonly unknown[],
  limit: number | undefined,
): boolean => found.length === limit && rows.length < found.length;

/** Takes rows until their size exceeds a number of bytes; always takes the first. */
export class Budget {
  private spent = 0;
  /** True once a row was refused. */
  isSpent = false;

  constructor(private readonly bytes = Infinity) {}

  get isLimited(): boolean {
    return this.bytes !== Infinity;
  }

  take(size: () => number): boolean {
    if (this.isSpent) return false;
    if (!this.isLimited) return true;
    const first = this.spent === 0;
    this.spent += Math.max(1, size());
    return (this.isSpent = !first && this.spent > this.bytes) === false;
  }

  /** The leading rows that fit. */
  within<Row>(rows: readonly Row[], size: (row: Row) => number): Row[] {
    const taken: Row[] = [];
    for (const row of rows) {
      if (!this.take(() => size(row))) break;
      taken.push(row);
    }
    return this.isSpent ? markCut(taken) : taken;
  }

  /** The leading rows that fit, converted by `made`; yields to other work. */
  async copied<Row, Made>(
    rows: readonly Row[],
    size: (row: Row) => number,
    made: (row: Row) => Made,
    turns: Turns,
  ): Promise<Made[]> {
    const taken: Made[] = [];
    for (const row of rows) {
      if (!this.take(() => size(row))) break;
      taken.push(made(row));
      if (taken.length < rows.length && turns.isOver()) await turns.next();
    }
    return this.isSpent ? markCut(taken) : taken;
  }
}
