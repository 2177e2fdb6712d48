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
function sortKey(document: unknown, path: readonly string[], direction: 1 | -1): unknown {
  return keys(document, path, 0).reduce((best, key) => (compareKeys(key, best) * direction < 0 ? key : best));
}

/** Sorts rows by what `document` gives of each; rows that are equal keep their order. */
export function sortRows<Row>(rows: readonly Row[], sort: Sort, document: (row: Row) => unknown): Row[] {
  const fields = sort.map(([field, direction]) => ({ path: field.split('.'), direction }));
  return rows
    .map((row) => ({
      row,
      keys: fields.map(({ path, direction }) => sortKey(document(row), path, direction)),
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
