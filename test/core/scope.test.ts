import { and, eq, EVERYTHING, NOTHING, or } from '../../src/core/condition.js';
import { scopeOf, scopeOfWays } from '../../src/core/scope.js';

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
