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

/**
 * The reasons of an answer without the results of rules about what is hidden, as far as the answer itself does not tell
 * them: the others may decide alone. What the answer tells is said of all these rules together.
 */
export function withoutHidden(reasons: readonly Reason[], allowed: boolean): readonly Reason[] {
  const shown = reasons.filter((reason) => !isAboutHidden(reason));
  const hidden = reasons.filter(isAboutHidden);
  const of = (effect: Reason['effect']): Reason[] => hidden.filter((reason) => reason.effect === effect);
  const together = (some: readonly Reason[], effect: Reason['effect']): Reason[] => {
    const policy = [...new Set(some.map((reason) => reason.policy))].join(', ');
    return some.length === 0 ? [] : [Object.freeze({ ...ABOUT_HIDDEN, policy, effect, holds: allowed })];
  };
  const isPermitted = shown.some(({ effect, holds }) => effect === 'permits' && holds);
  if (allowed)
    return [
      ...shown,
      ...(isPermitted ? [] : together(of('permits'), 'permits')),
      ...together(of('restricts'), 'restricts'),
    ];
  const isRefused = shown.some(({ effect, holds }) => effect === 'restricts' && !holds);
  const isOpen = shown.some(({ effect }) => effect === 'failed');
  if (isRefused || isOpen) return shown;
  if (isPermitted) return [...shown, ...together(of('restricts'), 'restricts')];
  if (of('permits').length === 0) return shown;
  // Either of them refuses it.
  return [...shown, ...together(hidden, of('restricts').length === 0 ? 'permits' : 'restricts')];
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
