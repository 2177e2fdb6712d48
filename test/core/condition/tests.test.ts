import {
  amongAll,
  amongNames,
  isEqual,
  isOneOf,
  isOther,
  isPresent,
  ORDERS,
} from '../../../src/core/condition/tests.js';

const DATE = new Date(5);

test.each<[unknown, boolean]>([
  ['', true],
  [0, true],
  [false, true],
  [{}, true],
  [null, false],
  [undefined, false],
  [[], false],
  [[null, undefined], false],
  [[['a']], false],
  [[null, 'a'], true],
])('%j is a value: %s', (found, expected) => {
  expect(isPresent(found)).toBe(expected);
});

test.each<[unknown, string | number | Date, boolean]>([
  ['a', 'a', true],
  ['a', 'b', false],
  [['b', 'a'], 'a', true],
  [['b'], 'a', false],
  [[], 'a', false],
  [null, 'a', false],
  [undefined, 'a', false],
  [new Date(5), DATE, true],
  [[new Date(5)], DATE, true],
  [new Date(6), DATE, false],
])('%j equals %j: %s', (found, operand, expected) => {
  expect(isEqual(found, operand)).toBe(expected);
  expect(isOther(found, operand)).toBe(!expected && isPresent(found));
  expect(isOneOf(found, ['x', operand])).toBe(expected);
  expect(amongAll(['x', operand])(found)).toBe(expected);
});

test('nothing is one of no values', () => {
  expect(isOneOf('a', [])).toBe(false);
  expect(isOneOf([], [])).toBe(false);
  expect(amongAll([])('a')).toBe(false);
  expect(isOneOf([undefined], [undefined as never])).toBe(true);
  expect(isOneOf([], [undefined as never])).toBe(false);
});

test.each<[keyof typeof ORDERS, boolean[]]>([
  ['lt', [true, false, false]],
  ['lte', [true, true, false]],
  ['gt', [false, false, true]],
  ['gte', [false, true, true]],
])('%s orders', (op, expected) => {
  expect([1, 2, 3].map((found) => ORDERS[op](found, 2))).toEqual(expected);
  expect([1, 2, 3].map((found) => ORDERS[op](['x', found], 2))).toEqual(expected);
  expect(ORDERS[op]('2', 2)).toBe(false);
  expect(ORDERS[op](undefined, 2)).toBe(false);
});

test('a text is among names, a list if one of its texts is', () => {
  const test = amongNames({ most: 1, has: (text) => text === 'a', list: () => ['a'] });
  expect(['a', 'b', ['b', 'a'], ['b'], [], 1, null].map(test)).toEqual([
    true,
    false,
    true,
    false,
    false,
    false,
    false,
  ]);
  const any = amongNames({ most: 1, has: () => true, list: () => [] });
  expect([1, null, ['x'], [1]].map(any)).toEqual([false, false, true, false]);
});
