import type { PrincipalPredicate } from './evaluate.js';
import type { Operation } from './operation.js';
import type { Part, Parts } from './parts.js';
import { readAnswer } from './policy-answer.js';
import type { PolicyAnswer, Rule } from './policy.js';
import { isFixed, type Predicates } from './predicates.js';

export type Effect = 'permits' | 'restricts';

/** A rule that a policy gave, the closure that answers it, and the parts of a resource that it speaks of. */
export interface AskedRule {
  readonly policy: string;
  readonly effect: Effect;
  readonly rule: Rule;
  readonly holds: PrincipalPredicate;
  readonly parts: ReadonlySet<Part>;
}

/** One list of rules that a policy gave, ready to be asked. */
export interface RuleList {
  readonly effect: Effect;
  readonly rules: readonly AskedRule[];
  /** All parts that a rule of it speaks of. */
  readonly parts: ReadonlySet<Part>;
  /** True when nothing in it can be changed any more, so that what follows from it is kept as long as it lives. */
  readonly isFixed: boolean;
}

const NONE: Given = Object.freeze({ lists: Object.freeze([]), isKept: true });

/** True when what the rule says stands in it, and cannot be changed; a getter would say something else each time. */
const isFixedRule = (rule: Rule): boolean =>
  Object.isFrozen(rule) &&
  Object.getOwnPropertyDescriptor(rule, 'when')?.value === rule.when &&
  isFixed(rule.when);

/** The lists that one policy gives for one effect. A frozen list of frozen rules is read once, as long as it lives. */
class RuleLists {
  private readonly known = new WeakMap<readonly Rule[], RuleList>();

  constructor(
    private readonly policy: string,
    private readonly effect: Effect,
    private readonly predicates: Predicates,
    private readonly parts: Parts,
  ) {}

  /** @throws TypeError for what is no rule */
  of(given: readonly Rule[]): RuleList {
    const known = this.known.get(given);
    if (known !== undefined) return known;
    const list = this.read(given);
    if (list.isFixed) this.known.set(given, list);
    return list;
  }

  private read(given: readonly Rule[]): RuleList {
    const { policy, effect } = this;
    const rules = given.map((rule): AskedRule => ({
      policy,
      effect,
      rule,
      holds: this.predicates.of(rule.when),
      parts: this.parts.of(rule.when),
    }));
    const parts = new Set(rules.flatMap((rule) => [...rule.parts]));
    return { effect, rules, parts, isFixed: Object.isFrozen(given) && given.every(isFixedRule) };
  }
}

/** Lists that were given together; none of them is empty. */
export interface Given {
  readonly lists: readonly RuleList[];
  /** True when the same object stands for them the next time. */
  readonly isKept: boolean;
}

/** What one policy answered, ready to be asked. */
interface ReadAnswer {
  readonly all: Given;
  /** For administrators, who need no permission. */
  readonly restricts: Given;
  /** True when the policy's answer cannot change any more, so that what follows from it is kept as long as it lives. */
  readonly isFixed: boolean;
  /** For these a resource has what the rules speak of. */
  readonly operations: Set<Operation>;
}

const isFixedAnswer = (given: PolicyAnswer, lists: readonly RuleList[]): boolean =>
  Object.isFrozen(given) &&
  lists.every(({ isFixed }) => isFixed) &&
  Object.values(Object.getOwnPropertyDescriptors(given)).every((property) => 'value' in property);

/**
 * The answers of one policy. A frozen answer of frozen lists of frozen rules is read once, as long as the policy gives
 * that same object; of any other answer at least those lists are.
 */
export class Answers {
  private readonly known = new WeakMap<PolicyAnswer, ReadAnswer>();
  private readonly permits: RuleLists;
  private readonly restricts: RuleLists;

  constructor(
    policy: string,
    predicates: Predicates,
    private readonly parts: Parts,
  ) {
    this.permits = new RuleLists(policy, 'permits', predicates, parts);
    this.restricts = new RuleLists(policy, 'restricts', predicates, parts);
  }

  /** @throws TypeError for what is no answer, or a rule that can never be asked of a resource of the operation */
  of(given: PolicyAnswer, operation: Operation): ReadAnswer {
    const known = this.known.get(given);
    if (known?.operations.has(operation) === true) return known;
    const answer = known ?? this.read(given);
    for (const { parts } of answer.all.lists) this.parts.assertAskable(operation, parts);
    answer.operations.add(operation);
    return answer;
  }

  private read(given: PolicyAnswer): ReadAnswer {
    const { permissive, restrictive } = readAnswer(given);
    const restricts = restrictive.length === 0 ? [] : [this.restricts.of(restrictive)];
    const lists = permissive.length === 0 ? restricts : [this.permits.of(permissive), ...restricts];
    const isKept = isFixedAnswer(given, lists);
    const together = (some: readonly RuleList[]): Given =>
      some.length === 0 ? NONE : Object.freeze({ lists: some, isKept });
    const answer = {
      all: together(lists),
      restricts: together(restricts),
      isFixed: isKept,
      operations: new Set<Operation>(),
    };
    if (isKept) this.known.set(given, answer);
    return answer;
  }
}
