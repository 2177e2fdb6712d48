import type { Filter, Sort } from '../../../src/store/port.js';
import {
  isLarge,
  LARGE_FIELDS,
  MODEL_DETAILS,
  NOT_WITH_ITEMS,
  onlyLarge,
  refuseLarge,
  UNLISTED,
  withoutLarge,
} from '../../../src/store/query/large-fields.js';

test('large are the document, its picture, the log and the save points, with all below them', () => {
  expect(LARGE_FIELDS).toEqual(['source', 'svg', 'logs', 'savePoints']);
  for (const field of LARGE_FIELDS) expect([isLarge(field), isLarge(`${field}.0.x`)]).toEqual([true, true]);
  for (const field of ['sources', 'data.source', 'items.logs', 'name', ''])
    expect(isLarge(field)).toBe(false);
});

test('lists leave out what is large, and what only a single document needs', () => {
  expect(UNLISTED).toEqual([...LARGE_FIELDS, 'loops']);
  expect(NOT_WITH_ITEMS).toEqual([...LARGE_FIELDS, 'loops', 'all']);
  expect(MODEL_DETAILS).toEqual(['source', 'svg', 'processes', 'events', 'guard']);
});

test('the fields of a document are split into the large ones and the others', () => {
  const fields = { name: 'M', source: '<xml/>', logs: [], data: { source: 1 } };
  expect(withoutLarge(fields)).toEqual({ name: 'M', data: { source: 1 } });
  expect(onlyLarge(fields)).toEqual({ source: '<xml/>', logs: [] });
});

test.each<[name: string, filters: readonly Filter[], sort: Sort]>([
  ['logs', [{ name: 'M' }, { logs: 'x' }], []],
  ['svg.x', [{ 'svg.x': 1 }], []],
  ['source', [{ $and: [{ name: 'M' }, { $or: [{ a: 1 }, { source: 'x' }] }] }], []],
  ['savePoints', [{ $nor: [{ savePoints: 1 }] }], []],
  [
    'logs',
    [{ name: 'M' }],
    [
      ['name', 1],
      ['logs', -1],
    ],
  ],
])('a filter or sort by %s is refused, however deep it stands', (name, filters, sort) => {
  expect(() => refuseLarge(filters, sort)).toThrow(
    new TypeError(`Field ${name} cannot be filtered or sorted by`),
  );
});

test('other filters are not, even if a value or a list of them looks like one', () => {
  expect(() =>
    refuseLarge([{ name: 'logs', tags: [{ logs: 1 }], $and: [{ a: 1 }, 'logs'] }, {}], [['name', 1]]),
  ).not.toThrow();
});

test('what stands among the parts of a filter and is no filter has no fields', () => {
  expect(() => refuseLarge([{ $or: [null, 'logs', { name: 'M' }] }] as never)).not.toThrow();
  expect(() => refuseLarge([{ $or: [null, { $and: [{ 'logs.x': 1 }] }] }] as never)).toThrow(
    new TypeError('Field logs.x cannot be filtered or sorted by'),
  );
});
