import { ByLists } from './by-objects.js';
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
  private readonly joined = new ByLists<Condition>();
  private readonly combinations = new ByLists<PrincipalPredicate>();

  /** @throws TypeError if it is not a condition */
  of(condition: Condition): PrincipalPredicate {
    const known = this.single.get(condition);
    if (known !== undefined) return known;
    const predicate = compileForAll(condition, this.leaves);
    if (isFixed(condition)) this.single.set(condition, predicate);
    return predicate;
  }

  /** True if the condition was compiled and can never change, so that what follows from it may be kept. */
  keeps(condition: Condition): boolean {
    return condition === EVERYTHING || this.single.has(condition);
  }

  /** One condition for "any of these holds", which evaluates each test once. Cached like {@link of}. */
  alternatives(conditions: readonly Condition[]): Condition {
    if (!this.isKept(conditions)) return factored(conditions);
    return this.joined.of(conditions, () => factored(conditions));
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
    return this.combinations.of([...permits, PERMITS_END, ...restricts], compile);
  }

  /** Conditions that could change are not cached. */
  private isKept(conditions: readonly Condition[]): boolean {
    return conditions.every((condition) => this.keeps(condition));
  }
}
