import type { Decision, Reason } from '../../core/decision/decision.js';

/** The inputs of the rules, for decisions made while the rules are switched off. */
export const SWITCHED_OFF = Object.freeze({
  policy: 'bypass',
  rule: 'switched-off',
  effect: 'permits',
  holds: true,
  says: 'the rules are switched off by REQUIRE_AUTHENTICATION or ENFORCE_SECURITY',
} as const);

/** What restricts a principal: the policies, their rules as `policy/rule`, and the rules in words. */
export interface Against {
  /** Something permits it, were it not for these. */
  readonly permitted: boolean;
  readonly policies: readonly string[];
  readonly rules: readonly string[];
  readonly says: readonly string[];
}
export const NOTHING_AGAINST: Against = Object.freeze({ permitted: true, policies: [], rules: [], says: [] });

/** The restricting rules that do not hold. */
export const restrictsIn = ({ reasons }: Decision): readonly Reason[] =>
  reasons.filter(({ effect, holds }) => effect === 'restricts' && !holds);
