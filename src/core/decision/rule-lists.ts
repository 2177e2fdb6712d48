import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import type { Operation } from '../operation.js';
import type { Part, Parts } from '../parts.js';
import type { Effect, PolicyAnswer, Rule } from '../policy.js';
import type { Predicates } from './predicates.js';
import { own } from '../path.js';
import { isPlainObject, show } from '../value.js';
import { NOT_SEARCHED, searchOf, type Search } from './ways.js';

/** A rule of a policy, with its compiled closure and the parts of a resource that it refers to. */
export interface AskedRule {
  readonly policy: string;
  readonly effect: Effect;
  readonly rule: Rule;
  readonly holds: PrincipalPredicate;
  readonly parts: ReadonlySet<Part>;
  /** How lists search for what it permits; see {@link Searched}. */
  readonly searched: Searched;
}

/** A list of instances never has the parts of one that is about to start. */
export const speaksOfStart = ({ parts }: Pick<AskedRule, 'parts'>): boolean =>
  parts.has('start') || parts.has('model');

/** How lists of instances search for what a rule permits; worked out when first asked for. */
class Searched {
  private known: Search | undefined;

  constructor(
    private readonly rule: Rule,
    readonly parts: ReadonlySet<Part>,
  ) {}

  private get found(): Search {
    return (this.known ??= speaksOfStart(this) ? NOT_SEARCHED : searchOf(this.rule));
  }

  /** True if no marks follow from it. */
  get isUnmarked(): boolean {
    return this.found.isUnmarked;
  }

  /** The paths below `data` that lists would search by if instances were marked for them. */
  get dataPaths(): readonly string[] {
    return this.found.dataPaths;
  }
}

/** One list of a policy's rules, compiled. */
export interface RuleList {
  readonly effect: Effect;
  readonly rules: readonly AskedRule[];
  /** All parts that its rules refer to. */
  readonly parts: ReadonlySet<Part>;
  /** True if nothing in it can change any more, so that results derived from it can be cached. */
  readonly isFixed: boolean;
  /** True if its policy gives different lists to many principals, so that few share what is derived from it. */
  readonly isPersonal: boolean;
}

/** A policy that has given more answers for one operation has one for each principal, or nearly. */
const SHARED = 8;

const NONE: Given = Object.freeze({ lists: Object.freeze([]), isKept: true });

/** True if the rule is frozen, and its condition is a plain field: a getter could return another one each time. */
const isFrozenRule = (rule: Rule): boolean =>
  Object.isFrozen(rule) && Object.getOwnPropertyDescriptor(rule, 'when')?.value === rule.when;

/** Instances have marks of data only where conditions ask for them, which a stated mark does not. */
function assertStatesNoData({ id, search }: Rule): void {
  const ofData = search?.find((mark) => /^[dp]:/.test(mark));
  if (ofData !== undefined)
    throw new TypeError(
      `The rule ${show(id)} states ${show(ofData)}; marks of data follow from its condition only`,
    );
}

/**
 * Rules of policies with one name that cannot change: other lists, such as those of the next version, contain most of
 * them too.
 */
export type FixedRules = Readonly<Record<Effect, WeakMap<Rule, AskedRule>>>;

/** The lists of one policy for one effect. A frozen list of frozen rules is read once, as long as it lives. */
class RuleLists {
  private readonly known = new WeakMap<readonly Rule[], RuleList>();

  constructor(
    private readonly policy: string,
    private readonly effect: Effect,
    private readonly predicates: Predicates,
    private readonly parts: Parts,
    private readonly fixed: WeakMap<Rule, AskedRule>,
  ) {}

  /** @throws TypeError if an entry is not a rule */
  of(given: readonly Rule[], isPersonal: boolean): RuleList {
    const known = this.known.get(given);
    if (known !== undefined) return known;
    const list = this.read(given, isPersonal);
    if (list.isFixed) this.known.set(given, list);
    return list;
  }

  private read(given: readonly Rule[], isPersonal: boolean): RuleList {
    let isFixed = Object.isFrozen(given);
    const rules = given.map((rule): AskedRule => {
      const known = this.fixed.get(rule);
      if (known !== undefined) return known;
      const asked = this.asked(rule);
      if (isFrozenRule(rule) && this.predicates.keeps(rule.when)) this.fixed.set(rule, asked);
      else isFixed = false;
      return asked;
    });
    const parts = new Set<Part>();
    for (const some of new Set(rules.map((rule) => rule.parts))) for (const part of some) parts.add(part);
    return { effect: this.effect, rules, parts, isFixed, isPersonal };
  }

  private asked(rule: Rule): AskedRule {
    const { policy, effect } = this;
    assertStatesNoData(rule);
    const { when } = rule;
    const [holds, parts] = [this.predicates.of(when), this.parts.of(when)];
    return { policy, effect, rule, holds, parts, searched: new Searched(rule, parts) };
  }
}

/** Lists that were given together; none of them is empty. */
export interface Given {
  readonly lists: readonly RuleList[];
  /** True if the same object will represent them next time. */
  readonly isKept: boolean;
}

/** The compiled answer of one policy. */
interface ReadAnswer {
  readonly all: Given;
  /** For administrators, who need no permission. */
  readonly restricts: Given;
  /** True if the policy's answer cannot change any more, so that results derived from it can be cached. */
  readonly isFixed: boolean;
  /** Operations whose resources have the parts that the rules refer to. */
  readonly operations: Set<Operation>;
}

const isFixedAnswer = (given: PolicyAnswer, lists: readonly RuleList[]): boolean =>
  Object.isFrozen(given) &&
  lists.every(({ isFixed }) => isFixed) &&
  Object.values(Object.getOwnPropertyDescriptors(given)).every((property) => 'value' in property);

/**
 * The answers of one policy. A frozen answer of frozen lists of frozen rules is read once, as long as the policy
 * returns the same object; of other answers, at least frozen lists are.
 */
export class Answers {
  private readonly known = new WeakMap<PolicyAnswer, ReadAnswer>();
  private readonly given = new Map<Operation, number>();
  private readonly permits: RuleLists;
  private readonly restricts: RuleLists;

  constructor(
    policy: string,
    predicates: Predicates,
    private readonly parts: Parts,
    fixed: FixedRules,
  ) {
    this.permits = new RuleLists(policy, 'permits', predicates, parts, fixed.permits);
    this.restricts = new RuleLists(policy, 'restricts', predicates, parts, fixed.restricts);
  }

  /** @throws TypeError if it is not an answer, or a rule can never be evaluated on a resource of the operation */
  of(given: PolicyAnswer, operation: Operation): ReadAnswer {
    const known = this.known.get(given);
    if (known?.operations.has(operation) === true) return known;
    const answer = known ?? this.read(given, this.countOf(operation) > SHARED);
    for (const { parts } of answer.all.lists) this.parts.assertAskable(operation, parts);
    answer.operations.add(operation);
    return answer;
  }

  /** How many answers there were for the operation, with the one that is read now. */
  private countOf(operation: Operation): number {
    const count = (this.given.get(operation) ?? 0) + 1;
    this.given.set(operation, count);
    return count;
  }

  private read(given: PolicyAnswer, isPersonal: boolean): ReadAnswer {
    const { permissive, restrictive } = readAnswer(given);
    const restricts = restrictive.length === 0 ? [] : [this.restricts.of(restrictive, isPersonal)];
    const lists =
      permissive.length === 0 ? restricts : [this.permits.of(permissive, isPersonal), ...restricts];
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

const NO_RULES: readonly Rule[] = Object.freeze([]);
const LISTS: ReadonlySet<string> = new Set(['permissive', 'restrictive'] satisfies (keyof PolicyAnswer)[]);

function rules(answer: Record<string, unknown>, key: keyof PolicyAnswer): readonly Rule[] {
  const list = own(answer, key);
  if (list === undefined) return NO_RULES;
  if (!Array.isArray(list)) throw new TypeError(`${key} must be a list of rules, got ${show(list)}`);
  return list as Rule[];
}

/**
 * The two lists of a policy's answer. A promise, a misspelt list or anything else unknown is refused, since a
 * restriction could be lost.
 * @throws TypeError naming the value
 */
function readAnswer(answer: unknown): Required<PolicyAnswer> {
  if (answer instanceof Promise) throw new TypeError('A policy must return its answer, not a promise');
  if (!isPlainObject(answer)) throw new TypeError(`A policy must return an object, got ${show(answer)}`);
  const unknown = Object.keys(answer).find((key) => !LISTS.has(key));
  if (unknown !== undefined)
    throw new TypeError(`A policy returns only permissive and restrictive, got ${show(unknown)}`);
  return { permissive: rules(answer, 'permissive'), restrictive: rules(answer, 'restrictive') };
}
