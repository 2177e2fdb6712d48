import { Surroundings } from '../condition/around.js';
import { ByLists } from '../by-objects.js';
import { and, EVERYTHING, isFixed, type Condition } from '../condition/condition.js';
import { MOST_MEASURED, stepsOf } from '../condition/size.js';
import { compileForAll, compileMixed, Leaves, type PrincipalPredicate } from '../evaluation/evaluate.js';
import { factored, factoredWithin, restricted } from '../condition/factor.js';
import { codeTogether, parted } from '../policies/built-in-rules.js';

const isSimple = (condition: Condition): boolean => 'value' in condition;
const simplestFirst = (conditions: readonly Condition[]): Condition[] => [
  ...conditions.filter(isSimple),
  ...conditions.filter((condition) => !isSimple(condition)),
];

const PERMITS_END = Object.freeze({});

/** Roughly the number of steps to evaluate conditions: any of the first list, and all of the second. */
export const stepsTogether = (permits: readonly Condition[], restricts: readonly Condition[]): number =>
  [...(permits.length === 0 ? [] : [factored(permits)]), ...restricted(restricts)].reduce(
    (sum, condition) => sum + stepsOf(condition),
    0,
  );

/**
 * Compiled conditions, each cached as long as the condition lives. Rules that are the same for all principals, with
 * `$user.…` for differences, are compiled once and share their closures.
 */
export class Predicates {
  readonly surroundings = new Surroundings();
  private readonly leaves = new Leaves();
  private readonly single = new WeakMap<Condition, PrincipalPredicate>();
  private readonly heavy = new WeakMap<object, boolean>();
  private readonly joined = new ByLists<Condition>();
  private readonly combinations = new ByLists<PrincipalPredicate>();
  private readonly steps = new ByLists<{ readonly steps: number }>();

  /** @throws TypeError if it is not a condition */
  of(condition: Condition): PrincipalPredicate {
    const known = this.single.get(condition);
    if (known !== undefined) return known;
    const predicate = compileForAll(condition, this.leaves);
    if (isFixed(condition)) this.single.set(condition, predicate);
    return predicate;
  }

  /**
   * Registers a condition that this package made, which is therefore fixed and valid. It is compiled when it is first
   * evaluated: of many rules, most never are.
   */
  promise(condition: Condition): void {
    if (this.single.has(condition)) return;
    let compiled: PrincipalPredicate | undefined;
    this.single.set(condition, (resource, principal) => {
      compiled ??= compileForAll(condition, this.leaves);
      return compiled(resource, principal);
    });
  }

  /**
   * True if the list says far more than a query can state, so that it is better compiled model by model, though its
   * rules are few. It must not change any more.
   */
  isHeavy(list: { readonly rules: readonly { readonly rule: { readonly when: Condition } }[] }): boolean {
    let known = this.heavy.get(list);
    if (known === undefined) {
      let room = MOST_MEASURED;
      known = list.rules.some(({ rule }) => (room -= this.surroundings.sizeOf(rule.when)) < 0);
      this.heavy.set(list, known);
    }
    return known;
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
    const compile = (): PrincipalPredicate => this.compiled(permits, restricts);
    if (!this.isKept(permits) || !this.isKept(restricts)) return compile();
    return this.combinations.of([...permits, PERMITS_END, ...restricts], compile);
  }

  /**
   * {@link stepsTogether} for what is left of conditions, which must not change any more; worked out once for a list.
   * @param left the same each time for one list
   */
  stepsTogether(
    permits: readonly Condition[],
    restricts: readonly Condition[],
    left: (condition: Condition) => Condition,
  ): number {
    const work = (): { readonly steps: number } => ({
      steps: stepsTogether(permits.map(left), restricts.map(left)),
    });
    return this.steps.of([...permits, PERMITS_END, ...restricts], work).steps;
  }

  private compiled(permits: readonly Condition[], restricts: readonly Condition[]): PrincipalPredicate {
    const [permit, restrict] = [parted('permits', permits), parted('restricts', restricts)];
    const together = codeTogether(permit, restrict);
    if (together !== undefined) return together;
    const limits = and(...simplestFirst(restricted(restrict.others)));
    const permitted = this.alternatives(permit.others);
    if (permit.calls.length + restrict.calls.length === 0)
      return compileForAll(factoredWithin(and(limits, permitted)), this.leaves);
    const mixed = {
      restricting: restrict.calls,
      restricts: factoredWithin(limits),
      permitting: permit.calls,
      permits: factoredWithin(permitted),
    };
    return compileMixed(mixed, this.leaves);
  }

  /** Conditions that could change are not cached. */
  private isKept(conditions: readonly Condition[]): boolean {
    return conditions.every((condition) => this.keeps(condition));
  }
}
