import { sizeOf } from '../bson/codec.js';

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
