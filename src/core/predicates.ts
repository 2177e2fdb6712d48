import { byObjects, placeOf } from './by-objects.js';
import { and, isReference, type Condition } from './condition.js';
import { compileForAll, type PrincipalPredicate } from './evaluate.js';
import { factored, restricted } from './factor.js';

/** True if nothing in the condition can change any more, as for everything this package creates. */
export function isFixed(condition: Condition): boolean {
  if (!Object.isFrozen(condition)) return false;
  switch (condition.op) {
    case 'and':
    case 'or':
      return Object.isFrozen(condition.of) && condition.of.every(isFixed);
    case 'not':
      return isFixed(condition.of);
    case 'some':
      return isFixed(condition.where);
    case 'cases':
      return (
        Object.isFrozen(condition.cases) &&
        condition.cases.every((one) => Object.isFrozen(one) && isFixed(one.when))
      );
    case 'in':
    case 'overlaps':
      return Object.isFrozen(condition.values);
    case 'exists':
      return true;
    default:
      return !isReference(condition.value) || Object.isFrozen(condition.value);
  }
}

const PERMITS_END = Object.freeze({});

/**
 * Compiled conditions, each cached as long as the condition lives. Rules that are the same for all principals, with
 * `$user.…` for differences, are compiled once and share their closures.
 */
export class Predicates {
  private readonly single = new WeakMap<Condition, PrincipalPredicate>();
  private readonly joined = byObjects<Condition>();
  private readonly combinations = byObjects<PrincipalPredicate>();

  /** @throws TypeError if it is not a condition */
  of(condition: Condition): PrincipalPredicate {
    const known = this.single.get(condition);
    if (known !== undefined) return known;
    const predicate = compileForAll(condition);
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
      compileForAll(and(...restricted(restricts), this.alternatives(permits)));
    if (!this.isKept(permits) || !this.isKept(restricts)) return compile();
    const kept = placeOf(this.combinations, [...permits, PERMITS_END, ...restricts]);
    return (kept.value ??= compile());
  }

  /** Conditions that could change are not cached. */
  private isKept(conditions: readonly Condition[]): boolean {
    return conditions.every((condition) => this.single.has(condition));
  }
}
