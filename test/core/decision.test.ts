import { summary, type Decision, type Reason } from '../../src/core/decision.js';

const reason = (rule: string, effect: Reason['effect'], holds: boolean): Reason => ({
  policy: 'p',
  rule,
  effect,
  holds,
  says: '',
});
const decision = (allowed: boolean, ...reasons: Reason[]): Decision => ({
  allowed,
  operation: 'task:read',
  userName: 'alice',
  reasons,
});

test.each<[what: string, decision: Decision, expected: string]>([
  [
    'allowed: the permits that hold',
    decision(
      true,
      reason('a', 'permits', true),
      reason('b', 'permits', false),
      reason('c', 'permits', true),
      reason('d', 'restricts', true),
    ),
    'p/a, p/c',
  ],
  [
    'denied: the restrictions that do not hold',
    decision(
      false,
      reason('a', 'permits', true),
      reason('b', 'restricts', false),
      reason('c', 'restricts', true),
    ),
    'p/b',
  ],
  ['denied without a permit', decision(false, reason('a', 'permits', false)), 'no rule permits it'],
  ['denied without any rule', decision(false), 'no rule permits it'],
  [
    'not told because a policy failed',
    { ...decision(false, reason('error', 'failed', false)), couldNotTell: 'could not tell: p failed' },
    'could not tell: p failed',
  ],
])('%s', (_what, one, expected) => {
  expect(summary(one)).toBe(expected);
});
