import { EVERYTHING, type Condition } from '../condition/condition.js';
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import type { Predicates } from './predicates.js';
import { stepsOf } from '../condition/size.js';
import type { InSteps } from '../in-steps.js';
import { roughly, type Ways } from './ways.js';

/** Whether one of the permissive rules holds, and whether all restrictive ones do. */
export interface Halves {
  readonly permits: PrincipalPredicate;
  readonly restricts: PrincipalPredicate;
}

export const holdsIn =
  ({ permits, restricts }: Halves): PrincipalPredicate =>
  (resource, principal) =>
    restricts(resource, principal) && permits(resource, principal);

export const joined = (a: Halves, b: Halves): Halves => ({
  permits: (resource, principal) => a.permits(resource, principal) || b.permits(resource, principal),
  restricts: (resource, principal) => a.restricts(resource, principal) && b.restricts(resource, principal),
});

/** Rules in both forms. */
interface Combined {
  readonly combined: PrincipalPredicate;
  readonly halves: Halves;
  readonly permits: readonly unknown[];
  readonly restricts: readonly unknown[];
}

/**
 * The rules of all principals first, then the principal's own: the closure of the first is the same for everybody,
 * stays in the machine's caches and settles most questions, so that the rest takes few steps.
 */
export function sharedFirst(shared: Combined, own: Combined): PrincipalPredicate {
  const { combined } = shared;
  const { permits, restricts } = own.halves;
  if (own.permits.length === 0)
    return (resource, principal) => combined(resource, principal) && restricts(resource, principal);
  const holds: PrincipalPredicate = (resource, principal) =>
    combined(resource, principal) ||
    (permits(resource, principal) && shared.halves.restricts(resource, principal));
  if (own.restricts.length === 0) return holds;
  return (resource, principal) => holds(resource, principal) && restricts(resource, principal);
}

/** The test of rows that a query finds which does not state all rules. */
export interface RowTest extends Halves {
  readonly needsItems: boolean;
  readonly steps: number;
}

/** The ways into a scope and its restrictions, with `$user.…` for differences between principals. */
export interface Unbound {
  /** All of them; expensive with many rules, so it is created on first use. */
  whole(): Ways;
  /** What a query states instead, where the rules are too many for one. */
  readonly around?: Ways | undefined;
  test(): RowTest;
}

const both = (a: Ways, b: Ways): Ways => ({
  ways: [...a.ways, ...b.ways],
  restricts: [...a.restricts, ...b.restricts],
});

export const bothUnbound = (a: Unbound, b: Unbound): Unbound => ({
  whole: () => both(a.whole(), b.whole()),
  around: a.around || b.around ? both(a.around ?? a.whole(), b.around ?? b.whole()) : undefined,
  test: () => {
    const [one, other] = [a.test(), b.test()];
    return {
      ...joined(one, other),
      needsItems: one.needsItems || other.needsItems,
      // Both count the row itself.
      steps: one.steps + other.steps - 1,
    };
  },
});

const ANYTHING: readonly Condition[] = Object.freeze([EVERYTHING]);
const UNRESTRICTED: readonly Condition[] = Object.freeze([]);

/** Compiles both halves. */
export const halvesOf = (
  predicates: Predicates,
  permits: readonly Condition[],
  restricts: readonly Condition[],
): Halves => ({
  permits: predicates.combined(permits, UNRESTRICTED),
  restricts: predicates.combined(ANYTHING, restricts),
});

/** Of conditions that are few enough to be combined at once; made in steps. */
export function* unboundOf(whole: Ways, test: () => Omit<RowTest, 'steps'>): InSteps<Unbound> {
  yield;
  const around = yield* roughly(whole);
  const conditions = (): Condition[] => [...whole.ways.map(({ when }) => when), ...whole.restricts];
  return {
    whole: () => whole,
    around: around === whole ? undefined : around,
    test: once(() => ({
      ...test(),
      steps: conditions().reduce((sum, condition) => sum + stepsOf(condition), 1),
    })),
  };
}

export const once = <T>(make: () => T): (() => T) => {
  let known: T | undefined;
  return () => (known ??= make());
};
