import { and, type Condition } from './condition.js';
import { compileForAll, type PrincipalPredicate } from './evaluate.js';
import { factored } from './factor.js';

/** True when nothing in the condition can be changed any more, as in all that this package makes. */
function isFixed(condition: Condition): boolean {
  if (!Object.isFrozen(condition)) return false;
  switch (condition.op) {
    case 'and':
    case 'or':
      return Object.isFrozen(condition.of) && condition.of.every(isFixed);
    case 'not':
      return isFixed(condition.of);
    case 'some':
      return isFixed(condition.where);
    case 'in':
    case 'overlaps':
      return Object.isFrozen(condition.values);
    default:
      return true;
  }
}

/** Values kept for lists of objects, told apart by identity, as long as those objects live. */
class ByObjects<T> {
  private readonly longer = new WeakMap<object, ByObjects<T>>();
  value: T | undefined;

  at(objects: readonly object[], from = 0): ByObjects<T> {
    const object = objects[from];
    if (object === undefined) return this;
    let next = this.longer.get(object);
    if (next === undefined) this.longer.set(object, (next = new ByObjects()));
    return next.at(objects, from + 1);
  }
}

const PERMITS_END = Object.freeze({});

/**
 * Compiled conditions, each kept for as long as its conditions live. Rules that are the same for all principals, with
 * `$user.…` for what differs, are thus compiled once: many principals share the closures, which stay in the
 * processor's caches.
 */
export class Predicates {
  private readonly single = new WeakMap<Condition, PrincipalPredicate>();
  private readonly combinations = new ByObjects<PrincipalPredicate>();

  /** @throws TypeError for what is no condition */
  of(condition: Condition): PrincipalPredicate {
    const known = this.single.get(condition);
    if (known !== undefined) return known;
    const predicate = compileForAll(condition);
    if (isFixed(condition)) this.single.set(condition, predicate);
    return predicate;
  }

  /**
   * One of the first list holds, and all of the second. What restricts is asked first: it is short, and a row of
   * another tenant needs no further question.
   */
  combined(permits: readonly Condition[], restricts: readonly Condition[]): PrincipalPredicate {
    const compile = (): PrincipalPredicate => compileForAll(and(...restricts, factored(permits)));
    // Those that were not kept alone could change.
    if (![...permits, ...restricts].every((condition) => this.single.has(condition))) return compile();
    const kept = this.combinations.at([...permits, PERMITS_END, ...restricts]);
    return (kept.value ??= compile());
  }
}
