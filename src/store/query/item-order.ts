import { compareText } from '../../core/value.js';
import { child } from '../bson/kind.js';
import type { Cursor, UnwoundItem } from '../port.js';

interface Place {
  readonly seq: number;
  readonly id: string;
}

/** Items without a numeric `seq` come first; the id breaks ties, so the order is total. */
const placeOf = (item: unknown): Place => place(child(item, 'seq'), child(item, 'id'));
const place = (seq: unknown, id: unknown): Place => ({
  seq: typeof seq === 'number' && !Number.isNaN(seq) ? seq : -Infinity,
  id: typeof id === 'string' ? id : '',
});

function compare(a: Place, b: Place): number {
  return a.seq === b.seq ? compareText(a.id, b.id) : a.seq < b.seq ? -1 : 1;
}

/** The default order of the items of an instance. Both adapters use it, so cursors mean the same in both. */
export const sortItems = <Row>(rows: readonly Row[], item: (row: Row) => unknown): Row[] =>
  rows
    .map((row) => ({ row, place: placeOf(item(row)) }))
    .sort((a, b) => compare(a.place, b.place))
    .map(({ row }) => row);

/** True when a cursor points into its instance rather than behind it. */
export const isInside = (cursor: Cursor): boolean => cursor.seq !== undefined || cursor.item !== undefined;

/** Tells whether an item of the cursor's own instance comes after the cursor. */
export function isAfter(item: unknown, cursor: Cursor): boolean {
  const [at, last] = [placeOf(item), place(cursor.seq, cursor.item)];
  return cursor.item === undefined ? at.seq > last.seq : compare(at, last) > 0;
}

/** The place of a row in the list of items: the next page begins behind it. */
export function cursorOf({ _id, items: { seq, id } }: UnwoundItem): Cursor {
  return {
    id: String(_id),
    ...(Number.isFinite(seq) ? { seq: seq as number } : {}),
    item: typeof id === 'string' ? id : '',
  };
}
