import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  isEverything,
  isIn,
  isNothing,
  isReference,
  ne,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
  type Reference,
} from '../../src/core/condition.js';
import type { Scalar } from '../../src/core/value.js';
import { SCALARS } from './hostile.js';

const A = eq('item.assignee', 'alice');
const B = eq('item.status', 'wait');
const REFERENCE: Reference = { ref: 'user', path: 'userName' };

describe('simplification', () => {
  test.each<[what: string, made: Condition, expected: Condition]>([
    ['no conditions at all hold together', and(), EVERYTHING],
    ['none of no conditions holds', or(), NOTHING],
    ['one condition stands for itself in an and', and(A), A],
    ['one condition stands for itself in an or', or(A), A],
    ['everything is left out of an and', and(A, EVERYTHING), A],
    ['nothing is left out of an or', or(A, NOTHING), A],
    ['an and with nothing is nothing', and(A, NOTHING, B), NOTHING],
    ['an or with everything is everything', or(A, EVERYTHING, B), EVERYTHING],
    ['nested ands are flattened', and(and(A, B), A), { op: 'and', of: [A, B, A] }],
    ['nested ors are flattened', or(A, or(B, A)), { op: 'or', of: [A, B, A] }],
    ['not not is the condition', not(not(A)), A],
    ['not everything is nothing', not(EVERYTHING), NOTHING],
    ['not nothing is everything', not(NOTHING), EVERYTHING],
    ['one of an empty list is nothing', isIn('item.status', []), NOTHING],
    ['sharing an entry with an empty list is nothing', overlaps('item.candidateGroups', []), NOTHING],
    ['an element that satisfies nothing is nothing', some('instance.items', NOTHING), NOTHING],
  ])('%s', (_what, made, expected) => {
    expect(made).toEqual(expected);
  });

  test('an element test that always holds still requires an element', () => {
    expect(isEverything(some('instance.items', EVERYTHING))).toBe(false);
  });

  test('everything and nothing are told apart', () => {
    expect([
      isEverything(EVERYTHING),
      isNothing(EVERYTHING),
      isEverything(NOTHING),
      isNothing(NOTHING),
    ]).toEqual([true, false, false, true]);
  });
});

describe('a condition', () => {
  test('is frozen, with its lists', () => {
    const list = isIn('item.status', ['wait']);
    for (const made of [
      A,
      ne('item.status', 'end'),
      exists('item.x'),
      list,
      and(A, B),
      or(A, B),
      not(A),
      some('instance.items', A),
      EVERYTHING,
      NOTHING,
    ])
      expect(Object.isFrozen(made)).toBe(true);
    expect(Object.isFrozen((list as { values: unknown }).values)).toBe(true);
    expect(Object.isFrozen((and(A, B) as { of: unknown }).of)).toBe(true);
  });

  test('does not change when the list it was built from changes', () => {
    const values = ['wait'];
    const made = isIn('item.status', values);
    values.push('end');
    expect(made).toEqual({ op: 'in', field: 'item.status', values: ['wait'] });
  });

  test.each(SCALARS.map((value) => [value]))('compares with %p', (value) => {
    expect(eq('item.x', value)).toEqual({ op: 'eq', field: 'item.x', value });
  });

  const MISSING = [
    undefined,
    null,
    NaN,
    new Date(NaN),
    {},
    { $gt: '' },
    ['alice'],
    { ref: 'env', path: 'HOME' },
    { ref: 'constructor', path: 'x' },
    '\ud800',
    () => 'alice',
  ];

  test.each(MISSING.map((value) => [value]))(
    'cannot be built with %p, which would match documents without the field',
    (value) => {
      const scalar = value as Scalar;
      for (const make of [
        () => eq('item.x', scalar),
        () => ne('item.x', scalar),
        () => compare('gt', 'item.x', scalar),
        () => isIn('item.x', ['a', scalar]),
        () => overlaps('item.x', [scalar]),
      ]) {
        expect(make).toThrow(TypeError);
        expect(make).toThrow(/item\.x/);
      }
    },
  );

  test('cannot be built with a sparse list', () => {
    expect(() => isIn('item.x', new Array<string>(1))).toThrow(TypeError);
  });

  test('knows its references by shape', () => {
    expect(isReference(REFERENCE)).toBe(true);
    for (const value of ['$user.userName', null, undefined, new Date(0), ['ref'], {}])
      expect(isReference(value)).toBe(false);
  });
});
