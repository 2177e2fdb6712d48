import type { Spend } from './budget.js';
import { child } from './kind.js';
import { compareValues } from './order.js';
import type { Sort } from '../port.js';

/** What an empty list sorts as: before null, like MongoDB's undefined. */
const EMPTY = Symbol('empty list');

function keys(value: unknown, path: readonly string[], from: number): unknown[] {
  if (from === path.length)
    return Array.isArray(value) ? (value.length === 0 ? [EMPTY] : value) : [value ?? null];
  if (!Array.isArray(value)) return keys(child(value, path[from] as string), path, from + 1);
  const found = value.flatMap((entry) => keys(child(entry, path[from] as string), path, from + 1));
  return found.length === 0 ? [null] : found;
}

function compareKeys(left: unknown, right: unknown): number {
  if (left === EMPTY || right === EMPTY) return left === right ? 0 : left === EMPTY ? -1 : 1;
  return compareValues(left, right);
}

/** The value that a document sorts by: of a list its least entry (ascending) or its greatest, as in MongoDB. */
function sortKey(document: unknown, path: readonly string[], direction: 1 | -1, spend: Spend): unknown {
  const all = keys(document, path, 0);
  spend(all.length);
  return all.reduce((best, key) => (compareKeys(key, best) * direction < 0 ? key : best));
}

/** Characters of a text that are compared in the time of a step. */
const PER_STEP = 32;

/** Steps of comparing a key with another one. */
const weight = (key: unknown): number =>
  typeof key === 'string' ? 1 + key.length / PER_STEP : typeof key === 'object' && key !== null ? 4 : 1;

/**
 * Sorts rows by what `document` gives of each; rows that are equal keep their order.
 * @param spend counts comparisons before they are made
 */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: Sort,
  document: (row: Row) => unknown,
  spend: Spend,
): Row[] {
  const fields = sort.map(([field, direction]) => ({ path: field.split('.'), direction }));
  const comparisons = Math.ceil(Math.log2(rows.length + 1));
  return rows
    .map((row) => ({
      row,
      keys: fields.map(({ path, direction }) => {
        const key = sortKey(document(row), path, direction, spend);
        spend(comparisons * weight(key));
        return key;
      }),
    }))
    .sort((a, b) => {
      for (const [i, { direction }] of fields.entries()) {
        const difference = compareKeys(a.keys[i], b.keys[i]);
        if (difference !== 0) return difference * direction;
      }
      return 0;
    })
    .map(({ row }) => row);
}
