import type { Document } from 'mongodb';
import { Work } from '../bson/budget.js';
import type { Exact, RowTest } from '../plans.js';
import { markCut, type Budget } from '../query/budget.js';
import type { Turns } from '../turns.js';

/** Steps for reading a row that is tested, in addition to those of the test. */
const READING = 100;

/** A test of rows that the database cannot make, within the steps of a query; it yields to other work. */
export class Tested {
  private readonly work: Work;
  private readonly test: RowTest;

  constructor(exact: Exact, turns: Turns) {
    this.work = new Work(turns);
    this.test = exact(this.work.spend);
  }

  /** The rows that pass. @throws BadInput `too-expensive` */
  async *rows(found: AsyncIterable<Document>): AsyncGenerator<Document> {
    for await (const row of found) {
      this.work.spend(READING);
      if (this.test(row)) yield row;
      if (this.work.isOver()) await this.work.next();
    }
  }
}

export const testedBy = (plan: { readonly exact?: Exact | undefined }, turns: Turns): Tested | undefined =>
  plan.exact && new Tested(plan.exact, turns);

/** The number of rows; reads no more than `most`, which is at least 1. */
export async function numberOf(rows: AsyncIterable<unknown>, most: number): Promise<number> {
  let count = 0;
  for await (const _row of rows) if (++count >= most) break;
  return count;
}

/** Whether there is a row; reads no more. */
export async function isAny(rows: AsyncIterable<unknown>): Promise<boolean> {
  for await (const _row of rows) return true;
  return false;
}

/** Which rows are taken, where the database does not choose them. */
export interface Passing {
  /** Only rows that pass are counted. */
  readonly tested?: Tested | undefined;
  readonly skip: number;
  readonly limit: number;
}

/** Takes the rows that fit the budget; the others are not read. */
export async function taken(
  source: AsyncIterable<Document>,
  budget: Budget,
  size: (row: Document) => number,
  share: (row: Document) => Document = (row) => row,
  passing?: Passing,
): Promise<Document[]> {
  const rows: Document[] = [];
  let skip = passing?.skip ?? 0;
  for await (const found of passing?.tested?.rows(source) ?? source) {
    if (skip-- > 0) continue;
    const row = share(found);
    if (!budget.take(() => size(row))) return markCut(rows);
    rows.push(row);
    if (rows.length === passing?.limit) break;
  }
  return rows;
}
