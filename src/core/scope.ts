import { and, EVERYTHING, isEverything, isNothing, or, type Condition } from './condition.js';
import type { Mark } from './mark.js';

/** One way to be in a scope, and the marks by which it is found; missing: those that follow from the condition. */
export interface Way {
  readonly when: Condition;
  readonly search?: readonly Mark[] | undefined;
}

/**
 * Which rows a principal may see, as one of three values. "Nothing" never reaches a database; "everything" and a
 * condition are told apart from "no restriction was found", which does not exist. The condition is that one of the ways
 * holds, and all of what restricts.
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

/** The scope in which one of the ways holds, and all of what restricts. */
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

/** Where both scopes admit a row; looked for where the first one looks. */
export function intersection(a: Scope, b: Scope): Scope {
  if (a.kind === 'nothing' || b.kind === 'nothing') return NONE;
  if (a.kind === 'everything') return b;
  if (b.kind === 'everything') return a;
  return scopeOfWays(a.ways, [...a.restricts, b.condition]);
}
