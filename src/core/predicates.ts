import { byObjects, placeOf } from './by-objects.js';
import { and, EVERYTHING, isFixed, type Condition } from './condition.js';
import { compileForAll, Leaves, type PrincipalPredicate } from './evaluate.js';
import { factored, factoredWithin, restricted } from './factor.js';

const isSimple = (condition: Condition): boolean => 'value' in condition;
const simplestFirst = (conditions: readonly Condition[]): Condition[] => [
  ...conditions.filter(isSimple),
  ...conditions.filter((condition) => !isSimple(condition)),
];

const PERMITS_END = Object.freeze({});

/**
 * Compiled conditions, each cached as long as the condition lives. Rules that are the same for all principals, with
 * `$user.…` for differences, are compiled once and share their closures.
 */
export class Predicates {
  private readonly leaves = new Leaves();
  private readonly single = new WeakMap<Condition, PrincipalPredicate>();
  private readonly joined = byObjects<Condition>();
  private readonly combinations = byObjects<PrincipalPredicate>();

  /** @throws TypeError if it is not a condition */
  of(condition: Condition): PrincipalPredicate {
    const known = this.single.get(condition);
    if (known !== undefined) return known;
    const predicate = compileForAll(condition, this.leaves);
    if (isFixed(condition)) this.single.set(condition, predicate);
    return predicate;
  }

  /** One condition for "any of these holds", which evaluates each test once. Cached like {@link of}. */
  alternatives(conditions: readonly Condition[]): Condition {
    if (!this.isKept(conditions)) return factored(conditions);
    const kept = placeOf(this.joined, conditions);
    return (kept.value ??= factored(conditions));
  }

  /**
   * Any of the first list holds, and all of the second. Restrictions are evaluated first: they are few, and rows of
   * other tenants need no further evaluation.
   */
  combined(permits: readonly Condition[], restricts: readonly Condition[]): PrincipalPredicate {
    const compile = (): PrincipalPredicate =>
      compileForAll(
        factoredWithin(and(...simplestFirst(restricted(restricts)), this.alternatives(permits))),
        this.leaves,
      );
    if (!this.isKept(permits) || !this.isKept(restricts)) return compile();
    const kept = placeOf(this.combinations, [...permits, PERMITS_END, ...restricts]);
    return (kept.value ??= compile());
  }

  /** Conditions that could change are not cached. */
  private isKept(conditions: readonly Condition[]): boolean {
    return conditions.every((condition) => condition === EVERYTHING || this.single.has(condition));
  }
}
