import { byCases } from '../../../src/core/condition/cases.js';
import {
  and,
  eq,
  EVERYTHING,
  exists,
  isIn,
  ne,
  not,
  NOTHING,
  or,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { given } from '../../../src/core/condition/given.js';

const NAME = 'instance.name';
const OTHER = eq('item.elementId', 't');
const USER = { ref: 'user', path: 'department' } as const;
const left = (condition: Condition): Condition => given(condition, NAME, 'M');

test.each<[what: string, condition: Condition, expected: Condition]>([
  ['is it', eq(NAME, 'M'), EVERYTHING],
  ['is another', eq(NAME, 'N'), NOTHING],
  ['is one of several', isIn(NAME, ['N', 'M']), EVERYTHING],
  ['is none of several', isIn(NAME, ['N', 'O']), NOTHING],
  ['is not it', ne(NAME, 'M'), NOTHING],
  ['is not another', ne(NAME, 'N'), EVERYTHING],
  ['is not that', not(eq(NAME, 'M')), NOTHING],
  ['is not the other', not(eq(NAME, 'N')), EVERYTHING],
  ['is it, and more', and(eq(NAME, 'M'), OTHER), OTHER],
  ['is another, and more', and(OTHER, eq(NAME, 'N')), NOTHING],
  ['is it, or more', or(OTHER, eq(NAME, 'M')), EVERYTHING],
  ['is another, or more', or(eq(NAME, 'N'), OTHER), OTHER],
  [
    'is it, inside of a list',
    some('instance.items', and(eq(NAME, 'M'), OTHER)),
    some('instance.items', OTHER),
  ],
])('of a text that is known: what %s is decided', (_what, condition, expected) => {
  expect(left(condition)).toEqual(expected);
});

test.each<[what: string, condition: Condition]>([
  ['another field', OTHER],
  ['several others', and(OTHER, or(eq('item.a', 1), ne('item.b', 2)))],
  ['what is not so', not(OTHER)],
  ['a list', some('instance.items', OTHER)],
  ['whether there is one', exists(NAME)],
  ['what the user has', eq(NAME, USER)],
  ['what the user does not have', ne(NAME, USER)],
  ['no text', eq(NAME, 7)],
  ['texts and others', isIn(NAME, ['M', 7])],
  ['what is no text', ne(NAME, 7)],
])('what speaks of %s stays the same object', (_what, condition) => {
  expect(left(condition)).toBe(condition);
});

test('of cases by the text, the one of it is left; there is none for other texts', () => {
  const cases = byCases(NAME, [
    ['M', OTHER],
    ['N', eq('item.x', 1)],
  ] as const);
  expect(left(cases)).toEqual(OTHER);
  expect(given(cases, NAME, 'N')).toEqual(eq('item.x', 1));
  expect(given(cases, NAME, 'O')).toBe(NOTHING);
  const other = byCases('item.elementId', [
    ['M', OTHER],
    ['N', eq('item.x', 1)],
  ] as const);
  expect(left(other)).toBe(other);
  const within = byCases(NAME, [
    ['M', and(eq(NAME, 'M'), OTHER)],
    ['N', OTHER],
  ] as const);
  expect(left(within)).toEqual(OTHER);
});
