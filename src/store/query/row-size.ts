import { sizeOf } from '../bson/codec.js';

interface Row {
  readonly data?: unknown;
  readonly items?: unknown;
}

/** Asks for the size of the data of an instance once, whichever of its rows it is asked of. */
export function sizesOf(): { item(row: Row): number; instance(row: Row): number } {
  const known = new Map<unknown, number>();
  const data = (row: Row): number => {
    const size = known.get(row.data) ?? sizeOf(row.data);
    known.set(row.data, size);
    return size;
  };
  const count = ({ items }: Row): number => (Array.isArray(items) ? items.length : 0);
  return {
    /** A row of one item brings the data of the instance, and the part of it that is the item's. */
    item: (row) => 2 * data(row) + sizeOf(row.items),
    /** Each of the items of an instance brings its data along. */
    instance: (row) => sizeOf(row) + 2 * data(row) * count(row),
  };
}
