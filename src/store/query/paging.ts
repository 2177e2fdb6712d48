import type { Paging } from '../port.js';
import { sizeOf } from '../bson/codec.js';
import { child } from '../bson/kind.js';
import { compareValues } from '../bson/order.js';

/** The number of rows to find, including skipped ones. */
export const end = ({ skip = 0, limit = Infinity }: Paging): number => skip + limit;

/** @throws TypeError when a cursor is combined with a sort order, or is malformed */
export function checkPaging({ sort, after }: Paging): void {
  if (after === undefined) return;
  if (sort !== undefined) throw new TypeError('A cursor needs the default order');
  if (!/^[0-9a-f]{24}$/.test(after.id))
    throw new TypeError('A cursor names an instance by 24 hexadecimal digits');
}

interface Row {
  readonly data?: unknown;
  readonly items?: unknown;
}

/** Measures rows; the size of the data of an instance is computed once for all its rows. */
export function sizesOf(): { item(row: Row): number; instance(row: Row): number } {
  const known = new Map<unknown, number>();
  const data = (row: Row): number => {
    const size = known.get(row.data) ?? sizeOf(row.data);
    known.set(row.data, size);
    return size;
  };
  const count = ({ items }: Row): number => (Array.isArray(items) ? items.length : 0);
  return {
    /** A row of one item contains the data of the instance, and the item's part of it. */
    item: (row) => 2 * data(row) + sizeOf(row.items),
    /** Each item of an instance contains its data. */
    instance: (row) => sizeOf(row) + 2 * data(row) * count(row),
  };
}

/** The distinct values of a field among documents, in MongoDB's order; a list counts by its entries. */
export function distinctValues(documents: Iterable<unknown>, field: string): unknown[] {
  const seen = new Set<unknown>();
  for (const document of documents) {
    const value = child(document, field);
    for (const entry of Array.isArray(value) ? (value as unknown[]) : [value])
      if (entry !== undefined) seen.add(entry);
  }
  const sorted = [...seen].sort(compareValues);
  return sorted.filter((value, i) => i === 0 || compareValues(sorted[i - 1], value) !== 0);
}
