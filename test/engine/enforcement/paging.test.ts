import {
  parsePage,
  parseParameters,
  parseSort,
  printCursor,
  withCursor,
} from '../../../src/engine/enforcement/paging.js';
import { INSTANCE_FIELDS } from '../../../src/store/query/query-fields.js';

const ID = '0123456789abcdef01234567';
const refused = (message: string): Error => expect.objectContaining({ code: 'bad-query', message }) as Error;

describe('the parameters of a list', () => {
  test('are those that it knows; one without a value counts as not given', () => {
    for (const none of [undefined, null, {}, { limit: undefined }])
      expect(parseParameters(none, ['limit', 'after'])).toStrictEqual({});
    expect(parseParameters({ limit: 1, after: null }, ['limit', 'after'])).toEqual({ limit: 1, after: null });
  });

  test('are refused if one is not known, with the nearest', () => {
    expect(() => parseParameters({ limti: 1 }, ['limit', 'after'])).toThrow(
      refused('Parameter "limti" is not allowed. Did you mean limit?'),
    );
    for (const value of [[], 'limit', 7])
      expect(() => parseParameters(value, ['limit', 'after'])).toThrow(
        refused('Parameters must be an object of limit, after.'),
      );
  });
});

describe('a sort', () => {
  const sort = (input: unknown) => parseSort(input, INSTANCE_FIELDS);

  test('is by fields of the instance or its items, in order', () => {
    expect(sort({ name: 1, 'items.seq': -1 })).toEqual({
      sort: [
        ['name', 1],
        ['items.seq', -1],
      ],
      items: true,
    });
    expect(sort({ startedBy: -1 })).toEqual({ sort: [['guard.startedBy', -1]], items: false });
    expect(sort({ _id: 1 })).toEqual({ sort: [['_id', 1]], items: false });
  });

  test('by age, newest first, is the default order', () => {
    for (const input of [undefined, null, {}, { _id: -1 }]) expect(sort(input)).toEqual({ items: false });
    expect(sort({ _id: -1, name: 1 }).sort).toHaveLength(2);
  });

  test.each<[input: unknown, message: string]>([
    ['name', 'A sort must be an object of fields and 1 or -1.'],
    [[['name', 1]], 'A sort must be an object of fields and 1 or -1.'],
    [{ id: 1, name: 1, status: 1, saved: 1, version: 1 }, 'A sort may name at most 4 fields.'],
    [{ name: 'asc' }, 'Sort of "name" must be 1 or -1.'],
    [{ name: 0 }, 'Sort of "name" must be 1 or -1.'],
  ])('%j is refused', (input, message) => {
    expect(() => sort(input)).toThrow(refused(message));
  });

  test('may name four fields', () => {
    expect(sort({ id: 1, name: 1, status: 1, saved: -1 }).sort).toHaveLength(4);
  });
});

describe('a page', () => {
  test('has ten rows unless the caller says how many', () => {
    for (const limit of [undefined, null]) expect(parsePage(limit, null, undefined)).toEqual({ limit: 10 });
    expect([1, 1000].map((limit) => parsePage(limit, undefined, undefined).limit)).toEqual([1, 1000]);
    for (const limit of [0, 1001, 1.5, -1, '10', NaN])
      expect(() => parsePage(limit, undefined, undefined)).toThrow(
        refused('limit must be a whole number from 1 to 1000.'),
      );
  });

  test.each([
    { id: ID },
    { id: ID, seq: 3, item: 'größer/als' },
    { id: ID, seq: -1.5, item: 'i' },
    { id: ID, item: 'i' },
  ])('continues where its cursor says: %j', (place) => {
    expect(parsePage(5, printCursor(place), undefined)).toEqual({ limit: 5, after: place });
  });

  test('in an order of the caller continues after a number of rows', () => {
    const sort = [['name', 1]] as const;
    expect(parsePage(5, printCursor({ skip: 20 }), sort)).toEqual({ limit: 5, sort, skip: 20 });
    expect(() => parsePage(5, printCursor({ skip: 20 }), undefined)).toThrow(
      refused('after belongs to a page in another order.'),
    );
    expect(() => parsePage(5, printCursor({ id: ID }), sort)).toThrow(
      refused('after belongs to a page in another order.'),
    );
  });

  test.each([
    7,
    '',
    'x',
    ID.slice(1),
    `${ID}~1`,
    `${ID}~1.e.e~aQ`,
    `${ID}~1e999~aQ`,
    'o',
    'o-1',
    'o1234567890',
    `x${ID}`,
  ])('continues after no cursor that is none: %j', (after) => {
    expect(() => parsePage(5, after, undefined)).toThrow(
      refused('after must be the cursor of a previous page.'),
    );
  });
});

test('the cursor of a page is at its rows, and not among what is listed or sent', () => {
  const rows = withCursor([1, 2], { skip: 2 });
  expect([rows.nextCursor, Object.keys(rows), JSON.stringify(rows)]).toEqual(['o2', ['0', '1'], '[1,2]']);
  expect('nextCursor' in withCursor([1], undefined)).toBe(false);
});
