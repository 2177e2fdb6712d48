import { and, eq, EVERYTHING, NOTHING, or } from '../../src/core/condition.js';
import { scopeOf } from '../../src/core/scope.js';

const A = eq('item.assignee', 'alice');

test.each([
  ['everything', EVERYTHING, { kind: 'everything' }],
  ['and of nothing to ask', and(), { kind: 'everything' }],
  ['nothing', NOTHING, { kind: 'nothing' }],
  ['or of nothing to choose', or(), { kind: 'nothing' }],
  ['a condition', A, { kind: 'condition', condition: A, narrow: undefined }],
])('%s becomes one of the three kinds', (_what, condition, expected) => {
  expect(scopeOf(condition)).toEqual(expected);
  expect(Object.isFrozen(scopeOf(condition))).toBe(true);
});

test('where to look goes with a condition only', () => {
  expect(scopeOf(A, EVERYTHING)).toEqual({ kind: 'condition', condition: A, narrow: EVERYTHING });
  expect(scopeOf(NOTHING, A)).toEqual({ kind: 'nothing' });
  expect(scopeOf(EVERYTHING, A)).toEqual({ kind: 'everything' });
});
