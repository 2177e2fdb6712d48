import { and, eq, EVERYTHING, NOTHING, or, some } from '../../../src/core/condition/condition.js';
import {
  intersection,
  isRough,
  roughScope,
  scopeOf,
  scopeOfWays,
  statedOf,
  testOf,
  type Scope,
} from '../../../src/core/decision/scope.js';

const [A, B] = [eq('item.assignee', 'alice'), eq('instance.status', 'running')];

test.each([
  ['everything', EVERYTHING, { kind: 'everything' }],
  ['and of nothing to ask', and(), { kind: 'everything' }],
  ['nothing', NOTHING, { kind: 'nothing' }],
  ['or of nothing to choose', or(), { kind: 'nothing' }],
  ['a condition', A, { kind: 'condition', condition: A, ways: [{ when: EVERYTHING }], restricts: [A] }],
])('%s becomes one of the three kinds', (_what, condition, expected) => {
  expect(scopeOf(condition)).toEqual(expected);
  expect(Object.isFrozen(scopeOf(condition))).toBe(true);
});

describe('ways and what restricts them', () => {
  test('are one condition', () => {
    expect(scopeOfWays([{ when: A }, { when: eq('item.x', 1), search: ['t:'] }], [and(B, A)])).toEqual({
      kind: 'condition',
      condition: and(or(A, eq('item.x', 1)), B, A),
      ways: [{ when: A }, { when: eq('item.x', 1), search: ['t:'] }],
      restricts: [B, A],
    });
  });

  test('come to nothing without a way, whatever restricts', () => {
    expect(scopeOfWays([], [])).toEqual({ kind: 'nothing' });
    expect(scopeOfWays([{ when: A, search: ['u:alice'] }], [NOTHING])).toEqual({ kind: 'nothing' });
  });

  test('come to everything where a way is open and nothing restricts', () => {
    expect(scopeOfWays([{ when: EVERYTHING, search: ['t:'] }], [])).toEqual({ kind: 'everything' });
  });
});

describe('the rows that two scopes admit', () => {
  const [ALL, NONE] = [scopeOf(EVERYTHING), scopeOf(NOTHING)];
  const one = scopeOfWays([{ when: A, search: ['u:alice'] }], [B]);
  const other = scopeOf(some('instance.items', eq('item.x', 1)));

  test('are none if one admits none, and those of the other if one admits all', () => {
    for (const scope of [ALL, NONE, one]) {
      expect([intersection(scope, NONE), intersection(NONE, scope)]).toEqual([NONE, NONE]);
      expect([intersection(scope, ALL), intersection(ALL, scope)]).toEqual([scope, scope]);
    }
  });

  test('are searched by the marks of the first', () => {
    expect(intersection(one, other)).toEqual(
      scopeOfWays([{ when: A, search: ['u:alice'] }], [B, some('instance.items', eq('item.x', 1))]),
    );
    expect(isRough(intersection(one, other))).toBe(false);
  });

  test('are tested by both, where one of them is stated roughly', () => {
    let made = 0;
    const around = scopeOfWays([{ when: EVERYTHING, search: ['t:'] }], [B]);
    const exact = (): Scope => {
      made++;
      return one;
    };
    const rough = roughScope(around, exact, testOf(one));
    for (const both of [intersection(rough, other), intersection(other, rough)]) {
      expect(isRough(both)).toBe(true);
      const test = testOf(both);
      expect(test.needsItems).toBe(true);
      expect(test.steps).toBe(testOf(one).steps + testOf(other).steps);
      const row = (assignee: string, x: number) => ({
        item: { assignee },
        instance: { status: 'running', items: [{ x }] },
      });
      expect(
        [row('alice', 1), row('alice', 2), row('bob', 1)].map((resource) => test.holds(resource)),
      ).toEqual([true, false, false]);
      expect(made).toBe(0);
    }
    expect(statedOf(intersection(rough, other)).ways).toEqual([{ when: EVERYTHING, search: ['t:'] }]);
    const [condition] = [intersection(rough, other)].map((scope) =>
      scope.kind === 'condition' ? scope.condition : undefined,
    );
    expect(condition).toEqual(and(A, B, some('instance.items', eq('item.x', 1))));
    expect(made).toBe(1);
  });
});

describe('a rough scope', () => {
  const exact = (): Scope => scopeOf(A);

  test('that admits nothing is nothing', () => {
    expect(roughScope(scopeOf(NOTHING), exact, testOf(scopeOf(A)))).toEqual({ kind: 'nothing' });
  });

  test('states what lies around, and says on request all that it admits', () => {
    const scope = roughScope(scopeOf(EVERYTHING), exact, testOf(scopeOf(A)));
    expect(statedOf(scope).condition).toEqual(EVERYTHING);
    expect(scope).toMatchObject({
      kind: 'condition',
      condition: A,
      restricts: [A],
      ways: [{ when: EVERYTHING }],
    });
    expect(testOf(scope).holds({ item: { assignee: 'bob' } })).toBe(false);
  });

  test.each<[what: string, scope: Scope, condition: unknown, holds: boolean]>([
    ['everything', scopeOf(EVERYTHING), EVERYTHING, true],
    ['nothing', scopeOf(NOTHING), NOTHING, false],
    ['a condition', scopeOf(A), A, false],
  ])('is none where %s is stated exactly', (_what, scope, condition, holds) => {
    expect([isRough(scope), statedOf(scope).condition]).toEqual([false, condition]);
    expect(testOf(scope).holds({ item: { assignee: 'bob' } })).toBe(holds);
    expect(testOf(scope).needsItems).toBe(false);
  });
});

describe('a scope that is no condition', () => {
  test.each<[Scope, object]>([
    [scopeOf(NOTHING), { condition: NOTHING, ways: [], restricts: [NOTHING] }],
    [scopeOf(EVERYTHING), { condition: EVERYTHING, ways: [{ when: EVERYTHING }], restricts: [] }],
  ])('%j is stated by a condition', (scope, stated) => {
    expect(statedOf(scope)).toStrictEqual(stated);
  });

  test('is never rough, whatever else it has', () => {
    const scope = { kind: 'everything', rough: { stated: {} } } as never;
    expect(isRough(scope)).toBe(false);
    expect(statedOf(scope).condition).toEqual(EVERYTHING);
    expect(testOf(scope).holds({})).toBe(true);
  });
});

test('two scopes of which none looks at items need none', () => {
  const rough = roughScope(scopeOf(A), () => scopeOf(A), testOf(scopeOf(A)));
  expect(testOf(intersection(rough, scopeOf(B))).needsItems).toBe(false);
});
