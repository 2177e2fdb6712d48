import type { Paging } from '../plans.js';
import { Budget } from './budget.js';

type SizeOf<Row> = (row: Row) => number;

/** Collects the rows of a page, in the order in which they are added. */
export class Selection<Row> {
  private readonly budget: Budget;
  private readonly found: Row[] = [];
  private skipped = 0;

  /** @param sizeOf bytes of a row in the result */
  constructor(
    private readonly paging: Paging,
    private readonly sizeOf: SizeOf<Row>,
  ) {
    this.budget = new Budget(paging.bytes);
  }

  /** @returns false when the page is complete */
  add(row: Row): boolean {
    const { skip = 0, limit = Infinity } = this.paging;
    if (this.skipped < skip) this.skipped++;
    else if (this.found.length < limit) {
      this.found.push(row);
      // A row too many, so that the rest is known to be cut off.
      if (!this.budget.take(() => this.sizeOf(row))) return false;
    }
    return this.found.length < limit;
  }

  /** True when rows were left out because of the limit of bytes. */
  get isCut(): boolean {
    return this.budget.isSpent;
  }

  get rows(): readonly Row[] {
    return this.found;
  }
}
