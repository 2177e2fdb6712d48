import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  isAmong,
  isEverything,
  isFixed,
  isIn,
  isNothing,
  isReference,
  ne,
  not,
  NOTHING,
  or,
  overlaps,
  referenceIn,
  some,
  type Condition,
  type Reference,
} from '../../../src/core/condition/condition.js';
import type { Scalar } from '../../../src/core/value.js';
import { SCALARS } from '../hostile.js';

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
    ['ands of nothing but ands too', and(and(A, B), and(B, A)), { op: 'and', of: [A, B, B, A] }],
    ['ors of nothing but ors too', or(or(A, B), or(B, A)), { op: 'or', of: [A, B, B, A] }],
    ['not not is the condition', not(not(A)), A],
    ['not everything is nothing', not(EVERYTHING), NOTHING],
    ['not nothing is everything', not(NOTHING), EVERYTHING],
    ['one of an empty list is nothing', isIn('item.status', []), NOTHING],
    ['sharing an entry with an empty list is nothing', overlaps('item.candidateGroups', []), NOTHING],
    ['an element that satisfies nothing is nothing', some('instance.items', NOTHING), NOTHING],
  ])('%s', (_what, made, expected) => {
    expect(made).toEqual(expected);
  });

  test('of nothing at all is the one that everybody compares with', () => {
    expect(and()).toBe(EVERYTHING);
    expect(or()).toBe(NOTHING);
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

describe('what a constructor makes', () => {
  const names = { most: 1, has: () => true, list: () => ['a'] };

  test.each<[Condition, object]>([
    [ne('item.x', 1), { op: 'ne', field: 'item.x', value: 1 }],
    [exists('item.x'), { op: 'exists', field: 'item.x', present: true }],
    [exists('item.x', false), { op: 'exists', field: 'item.x', present: false }],
    [overlaps('item.x', ['a']), { op: 'overlaps', field: 'item.x', values: ['a'] }],
    [isAmong('item.x', names), { op: 'in', field: 'item.x', names, values: ['a'] }],
    [some('item.x', A), { op: 'some', field: 'item.x', where: A }],
    [and(A, or(A, B)), { op: 'and', of: [A, { op: 'or', of: [A, B] }] }],
    [or(A, and(A, B)), { op: 'or', of: [A, { op: 'and', of: [A, B] }] }],
  ])('%j', (made, expected) => {
    expect(made).toEqual(expected);
  });

  test('is a copy of a reference that its creator may change', () => {
    const mine = { ref: 'user' as const, path: 'userName' };
    const made = [eq('item.x', mine), isIn('item.x', mine)];
    mine.path = 'tenantId';
    expect(made.map(referenceIn)).toEqual([REFERENCE, REFERENCE]);
    expect(made.every((one) => Object.isFrozen(referenceIn(one)))).toBe(true);
  });

  test('is a reference itself that nobody can change', () => {
    const frozen = Object.freeze({ ...REFERENCE });
    expect(referenceIn(eq('item.x', frozen))).toBe(frozen);
  });

  test.each<[Condition, Reference | undefined]>([
    [eq('item.x', REFERENCE), REFERENCE],
    [overlaps('item.x', REFERENCE), REFERENCE],
    [eq('item.x', 1), undefined],
    [isIn('item.x', ['a']), undefined],
    [exists('item.x'), undefined],
  ])('of %j the reference is %j', (made, expected) => {
    expect(referenceIn(made)).toEqual(expected);
  });

  test.each(['user', 'data', 'role'] as const)('may refer to $%s', (ref) => {
    expect(referenceIn(eq('item.x', { ref, path: 'a' }))).toEqual({ ref, path: 'a' });
  });

  test('lists no names to say that they are no reference', () => {
    const list = (): never => {
      throw new Error('listed');
    };
    expect(referenceIn(isAmong('item.x', { ...names, list }))).toBeUndefined();
    expect(isFixed(isAmong('item.x', { ...names, list }))).toBe(true);
  });
});

describe('a condition is fixed', () => {
  const { freeze } = Object;
  const loose: Condition = { op: 'eq', field: 'item.x', value: 1 };
  const inCases = (when: Condition): Condition => ({
    op: 'cases',
    field: 'item.x',
    cases: [{ value: 'a', when }],
  });
  const whole = (condition: Condition): Condition =>
    freeze({
      ...condition,
      cases: freeze((condition as unknown as { cases: object[] }).cases.map((one) => freeze(one))),
    }) as never;

  test.each<[string, Condition, boolean]>([
    ['a comparison', A, true],
    ['a comparison that is not frozen', loose, false],
    ['one with a reference', eq('item.x', REFERENCE), true],
    [
      'one whose reference is not frozen',
      freeze({ op: 'eq', field: 'item.x', value: { ...REFERENCE } }),
      false,
    ],
    ['a list', isIn('item.x', ['a']), true],
    ['an "in" whose list is not frozen', freeze({ op: 'in', field: 'item.x', values: ['a'] }), false],
    [
      'an "overlaps" whose list is not frozen',
      freeze({ op: 'overlaps', field: 'item.x', values: ['a'] }),
      false,
    ],
    ['one that asks whether there is a value', exists('item.x'), true],
    ['an "and"', and(A, B), true],
    ['an "and" whose list is not frozen', freeze({ op: 'and', of: [A] }), false],
    ['an "or" whose list is not frozen', freeze({ op: 'or', of: [A] }), false],
    ['an "and" with one that is not', freeze({ op: 'and', of: freeze([A, loose]) }), false],
    ['an "or" with one that is not', freeze({ op: 'or', of: freeze([A, loose]) }), false],
    ['a "not"', not(A), true],
    ['a "not" of one that is not', freeze({ op: 'not', of: loose }), false],
    ['a test of elements', some('item.x', A), true],
    ['a test of elements by one that is not', freeze({ op: 'some', field: 'item.x', where: loose }), false],
    ['cases', whole(inCases(A)), true],
    ['cases of one that is not', whole(inCases(loose)), false],
    [
      'cases with a case that is not frozen',
      freeze({ ...inCases(A), cases: freeze([{ value: 'a', when: A }]) }),
      false,
    ],
    [
      'cases whose list is not frozen',
      freeze({ ...inCases(A), cases: [freeze({ value: 'a', when: A })] }),
      false,
    ],
  ])('%s: %#', (_what, condition, expected) => {
    expect(isFixed(condition)).toBe(expected);
  });
});
