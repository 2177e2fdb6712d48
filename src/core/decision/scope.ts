import {
  and,
  EVERYTHING,
  isEverything,
  isNothing,
  NOTHING,
  or,
  type Condition,
} from '../condition/condition.js';
import { stepsOf } from '../condition/size.js';
import { compile, type Predicate } from '../evaluation/evaluate.js';
import type { Mark } from '../marks/mark.js';
import { partsOf } from '../parts.js';

/** One way into a scope, with the marks to search by; missing: those that follow from the condition. */
export interface Way {
  readonly when: Condition;
  readonly search?: readonly Mark[] | undefined;
}

/** The rows for which one of the ways and all restrictions hold. */
export interface Stated {
  readonly condition: Condition;
  readonly ways: readonly Way[];
  readonly restricts: readonly Condition[];
}

/** Tells which resources a scope admits. */
export interface ScopeTest {
  /** The resource must have all its parts. */
  readonly holds: Predicate;
  /** True if it looks at all items of the instance. */
  readonly needsItems: boolean;
  /** The steps that it takes, roughly. */
  readonly steps: number;
}

/** A scope of many rules, for a query: it states them roughly, and the rows that the query finds are tested. */
export interface Rough extends ScopeTest {
  /** Small; admits every row that the scope admits, and others. */
  readonly stated: Stated;
}

/**
 * The rows that a principal may see. "Nothing" never reaches a database; "everything" is explicit, so that it
 * cannot be confused with a restriction that was not found. The condition: one of the ways holds, and all
 * restrictions. It is exact, and large where there are many rules; `rough` is set then.
 */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'nothing' }
  | ({ readonly kind: 'condition'; readonly rough?: Rough } & Stated);

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

/**
 * A scope of many rules. Its exact form is expensive, so it is created on first use.
 * @param around admits every row that the scope admits
 */
export function roughScope(around: Scope, exact: () => Scope, test: ScopeTest): Scope {
  if (around.kind === 'nothing') return around;
  let known: Stated | undefined;
  const whole = (): Stated => (known ??= statedBy(exact()));
  return Object.freeze({
    kind: 'condition',
    get condition() {
      return whole().condition;
    },
    get ways() {
      return whole().ways;
    },
    get restricts() {
      return whole().restricts;
    },
    rough: Object.freeze({ stated: statedBy(around), ...test }),
  });
}

/** A scope that a query leaves out, because the caller's query finds few rows: each of them is tested. */
export const scopeOfOne = (exact: () => Scope, test: ScopeTest): Scope => roughScope(ALL, exact, test);

const NO_WAY: Stated = Object.freeze({ condition: NOTHING, ways: [], restricts: [NOTHING] });
const ANY_WAY: Stated = Object.freeze({ condition: EVERYTHING, ways: [{ when: EVERYTHING }], restricts: [] });

const statedBy = (scope: Scope): Stated =>
  scope.kind === 'nothing' ? NO_WAY : scope.kind === 'everything' ? ANY_WAY : scope;

/** True if a query states the scope roughly. */
export const isRough = (scope: Scope): boolean => scope.kind === 'condition' && scope.rough !== undefined;

/** What a query states of the scope: all of it, unless there are too many rules. */
export const statedOf = (scope: Scope): Stated =>
  (scope.kind === 'condition' ? scope.rough?.stated : undefined) ?? statedBy(scope);

/** The test of the rows that a query finds which states the scope. */
export function testOf(scope: Scope): ScopeTest {
  if (scope.kind === 'condition' && scope.rough !== undefined) return scope.rough;
  const { condition } = statedBy(scope);
  return {
    holds: compile(condition),
    needsItems: partsOf(condition).has('items'),
    steps: stepsOf(condition),
  };
}

/** The rows that both scopes admit; searched by the marks of the first. */
export function intersection(a: Scope, b: Scope): Scope {
  if (a.kind === 'nothing' || b.kind === 'nothing') return NONE;
  if (a.kind === 'everything') return b;
  if (b.kind === 'everything') return a;
  const both = (one: Stated, other: Stated): Scope =>
    scopeOfWays(one.ways, [...one.restricts, other.condition]);
  if (a.rough === undefined && b.rough === undefined) return both(a, b);
  const [first, second] = [testOf(a), testOf(b)];
  return roughScope(both(statedOf(a), statedOf(b)), () => both(a, b), {
    holds: (resource) => first.holds(resource) && second.holds(resource),
    needsItems: first.needsItems || second.needsItems,
    steps: first.steps + second.steps,
  });
}
