import { and, EVERYTHING, isEverything, isNothing, or, type Condition } from './condition.js';
import type { Mark } from './mark.js';

/** One way into a scope, with the marks to search by; missing: those that follow from the condition. */
export interface Way {
  readonly when: Condition;
  readonly search?: readonly Mark[] | undefined;
}

/**
 * The rows that a principal may see. "Nothing" never reaches a database; "everything" is explicit, so that it
 * cannot be confused with a restriction that was not found. The condition: one of the ways holds, and all
 * restrictions.
 */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'condition';
      readonly condition: Condition;
      readonly ways: readonly Way[];
      readonly restricts: readonly Condition[];
    };

const ALL: Scope = Object.freeze({ kind: 'everything' });
const NONE: Scope = Object.freeze({ kind: 'nothing' });

const conjuncts = (condition: Condition): readonly Condition[] =>
  condition.op === 'and' ? condition.of : [condition];

/** The scope of rows for which one of the ways and all restrictions hold. */
export function scopeOfWays(ways: readonly Way[], restricts: readonly Condition[]): Scope {
  const condition = and(or(...ways.map(({ when }) => when)), ...restricts);
  if (isNothing(condition)) return NONE;
  if (isEverything(condition)) return ALL;
  return Object.freeze({
    kind: 'condition',
    condition,
    ways: Object.freeze([...ways]),
    restricts: Object.freeze(restricts.flatMap(conjuncts)),
  });
}

/** The scope that a condition describes. */
export const scopeOf = (condition: Condition): Scope =>
  scopeOfWays([{ when: EVERYTHING }], isNothing(condition) ? [condition] : conjuncts(condition));

/** The rows that both scopes admit; searched by the marks of the first. */
export function intersection(a: Scope, b: Scope): Scope {
  if (a.kind === 'nothing' || b.kind === 'nothing') return NONE;
  if (a.kind === 'everything') return b;
  if (b.kind === 'everything') return a;
  return scopeOfWays(a.ways, [...a.restricts, b.condition]);
}
