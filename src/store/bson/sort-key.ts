import type { Spend, Work } from './budget.js';
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

/** Steps per comparison of a key. */
const weight = (key: unknown): number =>
  typeof key === 'string' ? 1 + key.length / PER_STEP : typeof key === 'object' && key !== null ? 4 : 1;

/**
 * Sorts rows by the documents that `document` returns for them; the sort is stable.
 * @param work counts comparisons before they are made
 */
export async function sortRows<Row>(
  rows: readonly Row[],
  sort: Sort,
  document: (row: Row) => unknown,
  work: Work,
): Promise<Row[]> {
  const fields = sort.map(([field, direction]) => ({ path: field.split('.'), direction }));
  const comparisons = Math.ceil(Math.log2(rows.length + 1));
  const keyed: { row: Row; keys: unknown[] }[] = [];
  for (const row of rows) {
    const whole = document(row);
    const keys = fields.map(({ path, direction }) => {
      const key = sortKey(whole, path, direction, work.spend);
      work.spend(comparisons * weight(key));
      return key;
    });
    keyed.push({ row, keys });
    if (work.isOver()) await work.next();
  }
  const sorted = await work.sort(keyed, (a, b) => {
    for (const [i, { direction }] of fields.entries()) {
      const difference = compareKeys(a.keys[i], b.keys[i]);
      if (difference !== 0) return difference * direction;
    }
    return 0;
  });
  return sorted.map(({ row }) => row);
}
