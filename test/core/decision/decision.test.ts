import fc from 'fast-check';
import {
  ABOUT_HIDDEN,
  summary,
  whyNot,
  withoutHidden,
  type Decision,
  type Reason,
} from '../../../src/core/decision/decision.js';

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

describe('the obstacles of a denied decision', () => {
  const saying = (rule: string, effect: Reason['effect'], says: string): Reason => ({
    ...reason(rule, effect, false),
    says,
  });
  test('are the restrictions that do not hold', () => {
    const { reasons } = decision(
      false,
      saying('a', 'permits', 'you are assigned'),
      saying('b', 'restricts', 'not your own'),
      { ...saying('c', 'restricts', 'in office hours'), holds: true },
      saying('d', 'restricts', 'not twice'),
    );
    expect(whyNot(decision(false, ...reasons))).toBe('not your own; not twice');
  });

  test('are, without restrictions, the distinct rules that would permit it', () => {
    const reasons = [
      saying('a', 'permits', 'you are assigned'),
      { ...saying('b', 'restricts', 'in office hours'), holds: true },
      saying('c', 'permits', 'you are a candidate'),
      saying('d', 'permits', 'you are assigned'),
    ];
    expect(whyNot(decision(false, ...reasons))).toBe(
      'it takes one of: you are assigned; you are a candidate',
    );
  });

  test('say that only administrators are permitted if no rule could permit it', () => {
    expect(whyNot(decision(false))).toBe('it is for administrators');
    const restricts = { ...saying('b', 'restricts', 'in office hours'), holds: true };
    expect(whyNot(decision(false, restricts))).toBe('it is for administrators');
  });

  test('give the reason if the decision could not be made', () => {
    const failed = {
      ...decision(false, saying('b', 'restricts', 'x')),
      couldNotTell: 'could not tell: p failed',
    };
    expect(whyNot(failed)).toBe('could not tell: p failed');
  });
});

describe('Reasons about what is hidden', () => {
  const effect = fc.constantFrom<Reason['effect']>('permits', 'restricts');
  const result = fc.record({ policy: fc.constantFrom('a', 'b'), effect, holds: fc.boolean() });
  const shownOf = (of: readonly Pick<Reason, 'policy' | 'effect' | 'holds'>[]): Reason[] =>
    of.map((one, at) => ({ ...one, rule: `r${at}`, says: `rule ${at}` }));
  const isAllowed = (reasons: readonly Reason[]): boolean =>
    reasons.some(({ effect: is, holds }) => is === 'permits' && holds) &&
    reasons.every(({ effect: is, holds }) => is === 'permits' || holds);

  test('tell nothing but what follows from the answer, and nothing untrue', () => {
    let same = 0;
    fc.assert(
      fc.property(
        fc.array(result, { maxLength: 3 }),
        fc.array(
          fc.record({
            policy: fc.constantFrom('a', 'b', 'c'),
            effect,
            holds: fc.boolean(),
            other: fc.boolean(),
          }),
          {
            maxLength: 4,
          },
        ),
        (given, hidden) => {
          const shown = shownOf(given);
          const told = (which: 'holds' | 'other') => {
            const reasons = [
              ...shown,
              ...hidden.map((one) => ({ ...one, ...ABOUT_HIDDEN, holds: one[which] })),
            ];
            const allowed = isAllowed(reasons);
            return { allowed, reasons: withoutHidden(reasons, allowed) };
          };
          const [one, other] = [told('holds'), told('other')];
          if (one.allowed === other.allowed) {
            same++;
            expect(one).toEqual(other);
          }
          expect(one.reasons.slice(0, shown.length)).toEqual(shown);
          // They agree with the answer, as far as nothing else explains it.
          if (one.allowed) expect(isAllowed(one.reasons)).toBe(true);
          else expect(isAllowed(one.reasons)).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(same).toBeGreaterThan(500);
  });

  test('are missing where something could not be told', () => {
    const failed = { policy: 'a', rule: 'r', effect: 'failed', holds: false, says: 'r' } as const;
    const hidden = { policy: 'b', effect: 'restricts', holds: false, ...ABOUT_HIDDEN } as const;
    expect(withoutHidden([failed, hidden], false)).toEqual([failed]);
  });
});
