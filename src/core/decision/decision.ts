import type { Operation } from '../operation.js';

/** The result of one rule. */
export interface Reason {
  readonly policy: string;
  readonly rule: string;
  /** A permissive rule suffices if it holds; a restrictive one must hold; `failed`: it could not be evaluated. */
  readonly effect: 'permits' | 'restricts' | 'failed';
  readonly holds: boolean;
  /** The rule in words. */
  readonly says: string;
}

/** The answer of the decision point, with the result of every rule. Frozen. */
export interface Decision {
  readonly allowed: boolean;
  readonly operation: Operation;
  /** Name of the principal. */
  readonly userName: string;
  /** In the order in which the rules were evaluated. */
  readonly reasons: readonly Reason[];
  /** Why no answer was reached; `allowed` is then false, but no rule has refused. */
  readonly couldNotTell?: string;
}

/** In place of rules that compare what is hidden from whoever reads the reasons. */
export const ABOUT_HIDDEN = Object.freeze({
  rule: 'hidden',
  says: 'a rule that compares what is hidden from you',
});
const isAboutHidden = ({ says }: Reason): boolean => says === ABOUT_HIDDEN.says;

/** Puts the rules about what is hidden together, so that none of them tells on which side of it a value is. */
export function withHiddenTogether(reasons: readonly Reason[]): readonly Reason[] {
  const together = new Map<string, Reason>();
  for (const reason of reasons.filter(isAboutHidden)) {
    const key = `${reason.policy} ${reason.effect}`;
    const { holds } = together.get(key) ?? reason;
    const areHeld = reason.effect === 'permits' ? holds || reason.holds : holds && reason.holds;
    together.set(key, Object.freeze({ ...reason, holds: areHeld }));
  }
  return [...reasons.filter((reason) => !isAboutHidden(reason)), ...together.values()];
}

/** The decisive reasons in one line: the permits that held, or the obstacles. */
export function summary(decision: Decision): string {
  if (decision.couldNotTell !== undefined) return decision.couldNotTell;
  const against = decision.reasons.filter((r) => r.effect === 'restricts' && !r.holds);
  const decisive = decision.allowed
    ? decision.reasons.filter((r) => r.effect === 'permits' && r.holds)
    : against;
  if (decisive.length > 0) return decisive.map((r) => `${r.policy}/${r.rule}`).join(', ');
  return decision.allowed ? 'allowed' : 'no rule permits it';
}

/** The obstacles of a refused decision, worded for the caller: what it would take. */
export function whyNot(decision: Decision): string {
  if (decision.couldNotTell !== undefined) return decision.couldNotTell;
  const against = decision.reasons.filter((r) => r.effect === 'restricts' && !r.holds);
  if (against.length > 0) return against.map((r) => r.says).join('; ');
  const ways = [...new Set(decision.reasons.filter((r) => r.effect === 'permits').map((r) => r.says))];
  return ways.length === 0 ? 'it is for administrators' : `it takes one of: ${ways.join('; ')}`;
}
