import type { Operation } from './operation.js';

/** What one rule had to say. */
export interface Reason {
  readonly policy: string;
  readonly rule: string;
  /** A rule that permits is enough if it holds; one that restricts must hold; `failed`: it could not be told. */
  readonly effect: 'permits' | 'restricts' | 'failed';
  readonly holds: boolean;
  /** The rule in words. */
  readonly says: string;
}

/** The answer of the decision point, with what every rule said. Frozen. */
export interface Decision {
  readonly allowed: boolean;
  readonly operation: Operation;
  /** Name of the principal that asked. */
  readonly userName: string;
  /** In the order in which the rules were asked. */
  readonly reasons: readonly Reason[];
  /** Why no answer was reached, in words; `allowed` is false then, but no rule has said no. */
  readonly couldNotTell?: string;
}

/** The reasons that made the answer what it is, in one line: the permits that held, or what stood in the way. */
export function summary(decision: Decision): string {
  if (decision.couldNotTell !== undefined) return decision.couldNotTell;
  const against = decision.reasons.filter((r) => r.effect === 'restricts' && !r.holds);
  const decisive = decision.allowed
    ? decision.reasons.filter((r) => r.effect === 'permits' && r.holds)
    : against;
  if (decisive.length > 0) return decisive.map((r) => `${r.policy}/${r.rule}`).join(', ');
  return decision.allowed ? 'allowed' : 'no rule permits it';
}

/** What stands in the way of a refused decision, in words for who was refused: what it would take. */
export function whyNot(decision: Decision): string {
  if (decision.couldNotTell !== undefined) return decision.couldNotTell;
  const against = decision.reasons.filter((r) => r.effect === 'restricts' && !r.holds);
  if (against.length > 0) return against.map((r) => r.says).join('; ');
  const ways = [...new Set(decision.reasons.filter((r) => r.effect === 'permits').map((r) => r.says))];
  return ways.length === 0 ? 'it is for administrators' : `it takes one of: ${ways.join('; ')}`;
}
