import { SortedRows } from '../bson/sort-key.js';
import type { Work } from '../bson/budget.js';
import type { Paging } from '../plans.js';
import { Budget } from './budget.js';
import { end } from './paging.js';

type SizeOf<Row> = (row: Row) => number;

/**
 * Collects the rows of a page, in their order. Rows of a sort of one's own are kept whatever their size, up to about
 * twice as many as the page has.
 */
export class Selection<Row> {
  private readonly sorted: SortedRows<Row> | undefined;
  private readonly budget: Budget;
  private readonly found: Row[] = [];
  private skipped = 0;

  /**
   * @param document what a row is sorted by
   * @param sizeOf bytes of a row in the result
   */
  constructor(
    private readonly paging: Paging,
    document: (row: Row) => unknown,
    private readonly sizeOf: SizeOf<Row>,
    work: Work,
  ) {
    const { sort, bytes } = paging;
    this.sorted = sort && new SortedRows(sort, document, end(paging), work);
    this.budget = new Budget(bytes);
  }

  /** @returns false when the page is complete */
  add(row: Row): boolean | Promise<boolean> {
    if (this.sorted !== undefined) return this.addSorted(this.sorted, row);
    const { skip = 0, limit = Infinity } = this.paging;
    if (this.skipped < skip) this.skipped++;
    else if (this.found.length < limit) {
      this.found.push(row);
      // A row too many, so that the rest is known to be cut off.
      if (!this.budget.take(() => this.sizeOf(row))) return false;
    }
    return this.found.length < limit;
  }

  private addSorted(sorted: SortedRows<Row>, row: Row): boolean | Promise<boolean> {
    sorted.add(row);
    return sorted.isFull() ? sorted.drop().then(() => true) : true;
  }

  /** True when rows were left out because of the limit of bytes. */
  get isCut(): boolean {
    return this.budget.isSpent;
  }

  async rows(): Promise<Row[]> {
    if (this.sorted === undefined) return this.found;
    return (await this.sorted.rows()).slice(this.paging.skip ?? 0);
  }
}
