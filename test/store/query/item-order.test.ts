import { isAfter, isInside, sortItems } from '../../../src/store/query/item-order.js';
import type { Cursor } from '../../../src/store/port.js';

const cursor = (fields: object): Cursor => fields as Cursor;

test('items are in the order of their numbers, then of their ids; those without a number come first', () => {
  const items = [
    { id: 'c', seq: 2 },
    { id: 'B', seq: 2 },
    { id: 'b', seq: 2 },
    { id: 'z', seq: 1 },
    { id: 'y' },
    { id: 'x', seq: NaN },
    { id: 'w', seq: '0' },
    { seq: 2 },
    null,
  ];
  expect(sortItems(items, (item) => item)).toEqual([
    null,
    { id: 'w', seq: '0' },
    { id: 'x', seq: NaN },
    { id: 'y' },
    { id: 'z', seq: 1 },
    { seq: 2 },
    { id: 'B', seq: 2 },
    { id: 'b', seq: 2 },
    { id: 'c', seq: 2 },
  ]);
});

test('rows are sorted by the item in them', () => {
  const rows = [{ of: { seq: 2 } }, { of: { seq: 1 } }];
  expect(sortItems(rows, ({ of }) => of)).toEqual([rows[1], rows[0]]);
});

test.each<[object, boolean]>([
  [{}, false],
  [{ seq: 1 }, true],
  [{ item: 'a' }, true],
])('the cursor %j points into its instance: %s', (fields, inside) => {
  expect(isInside(cursor(fields))).toBe(inside);
});

test.each<[item: object, after: object, expected: boolean]>([
  [{ id: 'a', seq: 2 }, { seq: 1 }, true],
  [{ id: 'a', seq: 1 }, { seq: 1 }, false],
  [{ id: 'a', seq: 0 }, { seq: 1 }, false],
  [{ id: 'b', seq: 1 }, { seq: 1, item: 'a' }, true],
  [{ id: 'a', seq: 1 }, { seq: 1, item: 'a' }, false],
  [{ id: 'a', seq: 1 }, { seq: 1, item: 'b' }, false],
  [{ id: 'a', seq: 2 }, { seq: 1, item: 'b' }, true],
  [{ id: 'b', seq: 0 }, { seq: 1, item: 'a' }, false],
  [{ id: 'b' }, { item: 'a' }, true],
  [{ id: 'b', seq: 1 }, { item: 'c' }, true],
])('%j comes after %j: %s', (item, after, expected) => {
  expect(isAfter(item, cursor(after))).toBe(expected);
});
