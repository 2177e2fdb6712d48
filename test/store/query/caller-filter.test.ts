import {
  all,
  anyOf,
  compound,
  leafFilter,
  leaves,
  ofElement,
} from '../../../src/store/query/caller-filter.js';
import type { CallerQuery, Leaf } from '../../../src/store/query/caller-query.js';

const leaf = (field: string, kind: Leaf['kind'] = 'test'): Leaf =>
  ({ kind, on: 'item', field, ...(kind === 'test' ? { test: { $eq: 1 } } : {}) }) as Leaf;
const [A, B] = [leaf('a'), leaf('b')];

test('one of several filters, and all of them', () => {
  expect(anyOf([{ a: 1 }])).toEqual({ a: 1 });
  expect(anyOf([{ a: 1 }, { b: 2 }])).toEqual({ $or: [{ a: 1 }, { b: 2 }] });
  expect(all()).toEqual({});
  expect(all({}, {})).toEqual({});
  expect(all({ a: 1 }, {})).toEqual({ a: 1 });
  expect(all({ a: 1 }, {}, { b: 2 })).toEqual({ $and: [{ a: 1 }, { b: 2 }] });
});

test('a test of a field, below a prefix', () => {
  expect(leafFilter(A)).toEqual({ a: { $eq: 1 } });
  expect(leafFilter(A, 'items.')).toEqual({ 'items.a': { $eq: 1 } });
});

test('a field is absent if it has no value of any type, an empty list included', () => {
  const { $nor } = leafFilter(leaf('a', 'absent'), 'items.') as {
    $nor: [Record<string, { $type: string[] }>];
  };
  const types = $nor[0]['items.a']?.$type ?? [];
  expect(Object.keys($nor[0])).toEqual(['items.a']);
  expect(types).toContain('array');
  expect(types).toContain('string');
  expect(types).not.toContain('null');
});

test.each<[CallerQuery, object]>([
  [A, { 'items.a': { $eq: 1 } }],
  [{ kind: 'and', of: [A, B] }, { $and: [{ 'items.a': { $eq: 1 } }, { 'items.b': { $eq: 1 } }] }],
  [{ kind: 'and', of: [A] }, { 'items.a': { $eq: 1 } }],
  [{ kind: 'or', of: [A, B] }, { $or: [{ 'items.a': { $eq: 1 } }, { 'items.b': { $eq: 1 } }] }],
  [{ kind: 'nor', of: [A] }, { $nor: [{ 'items.a': { $eq: 1 } }] }],
  [{ kind: 'element', where: { kind: 'or', of: [A] } }, { $or: [{ 'items.a': { $eq: 1 } }] }],
])('%j of an element', (query, filter) => {
  expect(ofElement(query, 'items.')).toEqual(filter);
});

test('what is asked of an element is left to who asks', () => {
  const query: CallerQuery = { kind: 'and', of: [A, { kind: 'element', where: B }] };
  expect(
    compound(
      query,
      ({ field }) => ({ leaf: field }),
      (where) => ({ element: where }),
    ),
  ).toEqual({ $and: [{ leaf: 'a' }, { element: B }] });
});

test('the tests of a query are found at every depth', () => {
  const absent = leaf('c', 'absent');
  expect(
    leaves({ kind: 'or', of: [A, { kind: 'element', where: { kind: 'nor', of: [B, absent] } }] }),
  ).toEqual([A, B, absent]);
  expect(leaves(A)).toEqual([A]);
  expect(leaves(absent)).toEqual([absent]);
});
