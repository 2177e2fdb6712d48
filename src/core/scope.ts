import { and, isEverything, isNothing, type Condition } from './condition.js';

/**
 * Which rows a principal may see, as one of three values. "Nothing" never reaches a database; "everything" and a
 * condition are told apart from "no restriction was found", which does not exist (spec 06, T16).
 */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'condition'; readonly condition: Condition; readonly narrow?: Condition | undefined };

const ALL: Scope = Object.freeze({ kind: 'everything' });
const NONE: Scope = Object.freeze({ kind: 'nothing' });

/** The scope that a condition describes. `narrow` is where to look for what it admits. */
export function scopeOf(condition: Condition, narrow?: Condition): Scope {
  if (isNothing(condition)) return NONE;
  return isEverything(condition) ? ALL : Object.freeze({ kind: 'condition', condition, narrow });
}

/** Where both scopes admit a row; looked for where the first one looks. */
export function intersection(a: Scope, b: Scope): Scope {
  if (a.kind === 'nothing' || b.kind === 'nothing') return NONE;
  if (a.kind === 'everything') return b;
  if (b.kind === 'everything') return a;
  return scopeOf(and(a.condition, b.condition), a.narrow);
}
