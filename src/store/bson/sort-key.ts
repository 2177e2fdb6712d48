import type { Spend, Work } from './budget.js';
import { sizeOf } from './codec.js';
import { child } from './kind.js';
import { compareValues } from './order.js';
import type { Sort } from '../port.js';

/** The sort key of an empty list: before null, like MongoDB's undefined. */
const EMPTY = Symbol('empty list');

/** Calls `tell` with each sort key that a path reaches. */
function reached(value: unknown, path: readonly string[], from: number, tell: (key: unknown) => void): void {
  if (!Array.isArray(value)) {
    if (from === path.length) tell(value ?? null);
    else reached(child(value, path[from] as string), path, from + 1, tell);
  } else if (value.length === 0) tell(from === path.length ? EMPTY : null);
  else
    for (const entry of value as unknown[])
      if (from === path.length) tell(entry);
      else reached(child(entry, path[from] as string), path, from + 1, tell);
}

function compareKeys(left: unknown, right: unknown): number {
  if (left === EMPTY || right === EMPTY) return left === right ? 0 : left === EMPTY ? -1 : 1;
  return compareValues(left, right);
}

/** The sort key of a document: the smallest entry of a list (ascending) or the largest, as in MongoDB. */
function sortKey(document: unknown, path: readonly string[], direction: 1 | -1, spend: Spend): unknown {
  let [best, count]: [best: unknown, count: number] = [undefined, 0];
  reached(document, path, 0, (key) => {
    if (count++ === 0 || compareKeys(key, best) * direction < 0) best = key;
  });
  spend(count);
  return best;
}

/** Characters compared per step. */
const PER_STEP = 32;

/** Steps per comparison of a key, which also bounds the bytes of all keys. */
const weight = (key: unknown): number => {
  if (typeof key === 'string') return 1 + key.length / PER_STEP;
  return typeof key === 'object' && key !== null ? 4 + sizeOf(key) / PER_STEP : 1;
};

interface Keyed<Row> {
  readonly row: Row;
  readonly keys: readonly unknown[];
}

/** Rows that are collected beyond those that are wanted, before the others are dropped. */
const SPARE = 1024;

/**
 * Sorts rows by documents, keeping only their sort keys; the sort is stable. Keeps no more rows than twice
 * those that are wanted and a fixed number: a row should be small, such as the place of its document.
 */
export class SortedRows<Row> {
  private readonly fields: readonly { readonly path: readonly string[]; readonly direction: 1 | -1 }[];
  private keyed: Keyed<Row>[] = [];
  private count = 0;

  /**
   * @param most number of rows that are wanted
   * @param work counts comparisons before they are made
   */
  constructor(
    sort: Sort,
    private readonly most: number,
    private readonly work: Work,
  ) {
    this.fields = sort.map(([field, direction]) => ({ path: field.split('.'), direction }));
  }

  /** @param document what the row is sorted by. @returns a promise that is to be awaited before the next call */
  add(row: Row, document: unknown): void | Promise<void> {
    const comparisons = Math.ceil(Math.log2(++this.count + 1));
    const keys = this.fields.map(({ path, direction }) => {
      const key = sortKey(document, path, direction, this.work.spend);
      this.work.spend(comparisons * weight(key));
      return key;
    });
    this.keyed.push({ row, keys });
    return this.keyed.length >= 2 * this.most + SPARE ? this.drop() : undefined;
  }

  /** Keeps the rows that are wanted so far. */
  private async drop(): Promise<void> {
    this.keyed = (await this.work.sort(this.keyed, this.compare)).slice(0, this.most);
  }

  async rows(): Promise<Row[]> {
    await this.drop();
    return this.keyed.map(({ row }) => row);
  }

  private readonly compare = (a: Keyed<Row>, b: Keyed<Row>): number => {
    for (const [i, { direction }] of this.fields.entries()) {
      const difference = compareKeys(a.keys[i], b.keys[i]);
      if (difference !== 0) return difference * direction;
    }
    return 0;
  };
}
