import { byCases } from '../../../src/core/condition/cases.js';
import { keyOf } from '../../../src/core/condition/key.js';
import {
  and,
  eq,
  exists,
  isIn,
  not,
  or,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';

describe('the key of a condition', () => {
  test.each<[what: string, one: Condition, other: Condition]>([
    ['a date and its text', eq('item.a', new Date(0)), eq('item.a', '1970-01-01T00:00:00.000Z')],
    ['a number and its text', eq('item.a', 1), eq('item.a', '1')],
    ['two numbers that JSON does not know', eq('item.a', Infinity), eq('item.a', -Infinity)],
    [
      'a value of the user and of the data',
      eq('item.a', { ref: 'user', path: 'x' }),
      eq('item.a', { ref: 'data', path: 'x' }),
    ],
    ['a list and its text', isIn('item.a', ['a', 'b']), isIn('item.a', ['a,b'])],
    ['a list and a text that looks like its key', isIn('item.a', ['a', 'b']), isIn('item.a', ["a'1:b"])],
    ['a field that looks like a value', eq("item.a'1:b", 'c'), eq('item.a', "b'1:c")],
    ['a truth value and its text', eq('item.a', true), eq('item.a', 'true')],
    ['a condition and its opposite', eq('item.a', 1), not(eq('item.a', 1))],
    [
      'cases with their outcomes exchanged',
      byCases('item.a', [
        ['x', eq('item.b', 1)],
        ['y', eq('item.b', 2)],
      ]),
      byCases('item.a', [
        ['x', eq('item.b', 2)],
        ['y', eq('item.b', 1)],
      ]),
    ],
  ])('tells apart %s', (_what, one, other) => expect(keyOf(one)).not.toBe(keyOf(other)));

  test('is equal for equal conditions', () => {
    const made = (): Condition =>
      and(
        eq('item.a', new Date(5)),
        or(isIn('item.b', [1, true, 'x']), eq('item.c', { ref: 'user', path: 'userName' })),
        some('instance.items', exists('item.d', false)),
      );
    expect(keyOf(made())).toBe(keyOf(made()));
  });
});

test.each<[Condition, string]>([
  [eq('item.a', 'x'), "eq(6:item.a'1:x)"],
  [eq('item.a', 1), 'eq(6:item.anumber 1;)'],
  [eq('item.a', new Date(5)), 'eq(6:item.a@5;)'],
  [eq('item.a', { ref: 'user', path: 'x' }), 'eq(6:item.a$user.1:x)'],
  [isIn('item.a', ['x', true]), "in(6:item.a['1:xboolean true;])"],
  [overlaps('item.a', ['x']), "overlaps(6:item.a['1:x])"],
  [overlaps('item.a', { ref: 'role', path: 'x' }), 'overlaps(6:item.a$role.1:x)'],
  [exists('item.a'), 'exists(6:item.atrue)'],
  [exists('item.a', false), 'exists(6:item.afalse)'],
  [not(exists('item.a')), 'not(exists(6:item.atrue))'],
  [some('item.l', exists('item.a')), 'some(6:item.lexists(6:item.atrue))'],
  [and(exists('item.a'), exists('item.b')), 'and(exists(6:item.atrue)exists(6:item.btrue))'],
  [or(exists('item.a'), exists('item.b')), 'or(exists(6:item.atrue)exists(6:item.btrue))'],
  [and(), 'and()'],
  [
    byCases('item.a', [
      ['x', exists('item.b')],
      ['y', exists('item.c')],
    ]),
    'cases(6:item.a1:xexists(6:item.btrue)1:yexists(6:item.ctrue))',
  ],
])('the key of %j is %s', (condition, key) => {
  expect(keyOf(condition)).toBe(key);
});
