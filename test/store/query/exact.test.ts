import { EVERYTHING, eq } from '../../../src/core/condition/condition.js';
import { scopeOf, testOf } from '../../../src/core/decision/scope.js';
import {
  allExact,
  exactInstance,
  exactItem,
  exactModel,
  matchExactly,
} from '../../../src/store/query/exact.js';

const spent: number[] = [];
const spend = (steps: number): void => void spent.push(steps);
beforeEach(() => void spent.splice(0));

test('a row with one item is tested with its instance, and with all items if the test looks at them', () => {
  const seen: unknown[] = [];
  const test = { steps: 3, needsItems: true, holds: (one: unknown) => seen.push(one) > 0 };
  const row = { name: 'M', items: { id: 'a' }, all: [{ id: 'a' }, { id: 'b' }] };
  expect(exactItem(test, true)(spend)(row)).toBe(true);
  expect(exactItem(test, false)(spend)(row)).toBe(true);
  expect(seen).toEqual([
    { item: row.items, instance: { ...row, items: row.all } },
    { item: row.items, instance: row },
  ]);
  expect(spent).toEqual([11, 11]);
});

test('a row is tested as an instance or as a model', () => {
  const named = (root: string) => testOf(scopeOf(eq(`${root}.name`, 'M')));
  expect([{ name: 'M' }, { name: 'N' }].map(exactInstance(named('instance'))(spend))).toEqual([true, false]);
  expect([{ name: 'M' }, { name: 'N' }].map(exactModel(named('model'))(spend))).toEqual([true, false]);
});

test('all of several tests must hold', () => {
  const of = (field: string) => exactInstance(testOf(scopeOf(eq(`instance.${field}`, 1))));
  const [one, other] = [of('a'), of('b')];
  expect(allExact([])).toBeUndefined();
  expect(allExact([one])).toBe(one);
  const both = allExact([one, other])?.(spend);
  expect([{ a: 1 }, { b: 1 }, { a: 1, b: 1 }].map((row) => both?.(row))).toEqual([false, false, true]);
});

test('what a filter finds is tested exactly', () => {
  const exact = exactInstance(testOf(scopeOf(eq('instance.b', 1))));
  const rows = [{ a: 1 }, { b: 1 }, { a: 1, b: 1 }];
  expect(rows.map(matchExactly({ a: 1 }, exact, spend))).toEqual([false, false, true]);
  expect(rows.map(matchExactly({ a: 1 }, undefined, spend))).toEqual([true, false, true]);
  expect(matchExactly({}, exactInstance(testOf(scopeOf(EVERYTHING))), spend)({})).toBe(true);
});
