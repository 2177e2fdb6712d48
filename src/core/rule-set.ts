import { NOTHING, type Condition } from './condition.js';
import { combinedByModel } from './by-model.js';
import { ByLists } from './by-objects.js';
import { stepsOf } from './condition-size.js';
import type { PrincipalPredicate } from './evaluate.js';
import { restricted } from './factor.js';
import { hasPart, isMissing, type Part } from './parts.js';
import type { Effect, PolicyAnswer, Rule } from './policy.js';
import type { Predicates } from './predicates.js';
import { RelevantRules } from './relevant-rules.js';
import type { Resource } from './resource.js';
import type { AskedRule, Given, RuleList } from './rule-lists.js';
import {
  bothUnbound,
  halvesOf,
  holdsIn,
  joined,
  type Halves,
  type RowTest,
  type Unbound,
} from './unbound.js';
import { alternativesBySearch, isUnmarked, roughly } from './ways.js';

/** Rules from this number on are compiled model by model. */
const MANY = 200;

/** Answers that each place remembers beside the map. */
const A_FEW = 2;

/** A list of instances never has the parts of one that is about to start. */
const speaksOfStart = ({ parts }: AskedRule): boolean => parts.has('start') || parts.has('model');

/**
 * The rules of all policies for one question, with the results derived from them for every principal, computed when
 * needed.
 */
export class RuleSet {
  /** All parts that its rules refer to. */
  readonly parts: readonly Part[];
  private readonly asks: Readonly<Record<'item' | 'instance' | 'items' | 'start', boolean>>;
  private readonly byEffect = new Map<Effect, readonly AskedRule[]>();
  private combinedRules: PrincipalPredicate | undefined;
  private relevantRules: RelevantRules | undefined;
  private unmarkedNames: readonly string[] | undefined;
  private readonly scopes = new Map<boolean, Unbound>();

  /** @param split the same rules in two sets, each of which derives its results by itself */
  constructor(
    readonly lists: readonly RuleList[],
    private readonly predicates: Predicates,
    private readonly split?: readonly [RuleSet, RuleSet],
  ) {
    this.parts = [...new Set(lists.flatMap(({ parts }) => [...parts]))];
    this.asks = {
      item: this.parts.includes('item'),
      instance: this.parts.includes('instance') || this.parts.includes('items'),
      items: this.parts.includes('items'),
      start: this.parts.includes('model') || this.parts.includes('start'),
    };
  }

  private of(effect: Effect): readonly AskedRule[] {
    let found = this.byEffect.get(effect);
    if (found === undefined) {
      const all = this.lists.filter((list) => list.effect === effect);
      found = all.length === 1 ? (all[0] as RuleList).rules : all.flatMap(({ rules }) => rules);
      this.byEffect.set(effect, found);
    }
    return found;
  }

  get permits(): readonly AskedRule[] {
    return this.of('permits');
  }

  get restricts(): readonly AskedRule[] {
    return this.of('restricts');
  }

  /** True if the resource has all parts that the rules refer to: {@link hasPart} for all of them. */
  covers(resource: Resource): boolean {
    const { asks } = this;
    if (asks.start) return this.parts.every((part) => hasPart(resource, part));
    const { item, instance } = resource;
    if (instance === undefined) return !asks.instance && (!asks.item || hasPart(resource, 'item'));
    return (!asks.item || item !== undefined) && (!asks.items || instance.items !== undefined);
  }

  /** One of the permissive rules holds, and all restrictive ones. */
  get combined(): PrincipalPredicate {
    this.combinedRules ??=
      this.split === undefined ? this.combine() : holdsIn(joined(this.split[0].halves, this.split[1].halves));
    return this.combinedRules;
  }

  private combine(): PrincipalPredicate {
    const [permits, restricts] = [whens(this.permits), whens(this.restricts)];
    return permits.length + restricts.length > MANY && this.lists.every(({ isFixed }) => isFixed)
      ? combinedByModel(permits, restricts, this.predicates)
      : this.predicates.combined(permits, restricts);
  }

  private get halves(): Halves {
    return halvesOf(this.predicates, whens(this.permits), whens(this.restricts));
  }

  /** The rules that matter for the resource, in the order of the policies; all of them if a part was not loaded. */
  relevant(resource: Resource): readonly AskedRule[] {
    if (this.parts.some((part) => isMissing(resource, part))) return this.inOrder;
    if (this.split !== undefined) return this.sorted(this.split.flatMap((one) => one.relevant(resource)));
    this.relevantRules ??= new RelevantRules(this.inOrder);
    return this.relevantRules.of(resource);
  }

  /** One of the rules that another puts together. */
  askedOf({ policy, effect, parts }: AskedRule, rule: Rule): AskedRule {
    return { policy, effect, rule, holds: this.predicates.of(rule.when), parts };
  }

  private sorted(rules: readonly AskedRule[]): readonly AskedRule[] {
    const key = ({ policy, effect }: AskedRule): string => `${effect} ${policy}`;
    const order = new Map(
      this.lists.flatMap(({ rules: [first] }, at) =>
        first === undefined ? [] : [[key(first), at] as const],
      ),
    );
    const placeOfRule = (rule: AskedRule): number => order.get(key(rule)) ?? 0;
    return [...rules].sort((a, b) => placeOfRule(a) - placeOfRule(b));
  }

  /** The permissive rules from which no marks follow, as `policy/rule`. */
  get unmarked(): readonly string[] {
    this.unmarkedNames ??= this.permits
      .filter((asked) => !speaksOfStart(asked) && isUnmarked(asked.rule))
      .map(({ policy, rule }) => `${policy}/${rule.id}`);
    return this.unmarkedNames;
  }

  private get inOrder(): readonly AskedRule[] {
    return this.lists.flatMap(({ rules }) => rules);
  }

  /** The scope before it is bound to a principal. */
  unbound(ofInstances: boolean): Unbound {
    let known = this.scopes.get(ofInstances);
    if (known === undefined) this.scopes.set(ofInstances, (known = this.makeUnbound(ofInstances)));
    return known;
  }

  private makeUnbound(ofInstances: boolean): Unbound {
    if (this.split !== undefined)
      return bothUnbound(this.split[0].unbound(ofInstances), this.split[1].unbound(ofInstances));
    const permits = this.permits.filter((asked) => !ofInstances || !speaksOfStart(asked));
    const restricts = ofInstances && this.restricts.some(speaksOfStart) ? [NOTHING] : whens(this.restricts);
    const whole = {
      ways: alternativesBySearch(
        permits.map(({ rule }) => rule),
        this.predicates,
      ),
      restricts: restricted(restricts),
    };
    const around = roughly(whole);
    const conditions = (): Condition[] => [...whole.ways.map(({ when }) => when), ...whole.restricts];
    let known: RowTest | undefined;
    return {
      ...whole,
      around: around === whole ? undefined : around,
      test: () =>
        (known ??= {
          ...halvesOf(this.predicates, whens(permits), restricts),
          needsItems: this.parts.includes('items'),
          steps: conditions().reduce((sum, condition) => sum + stepsOf(condition), 1),
        }),
    };
  }
}

const whens = (asked: readonly AskedRule[]): Condition[] => asked.map(({ rule }) => rule.when);

/** Sets of rules, cached as long as the policies return the same lists. */
export class RuleSets {
  private readonly byAnswers = new ByLists<RuleSet>();
  private readonly byLists = new ByLists<RuleSet>();

  constructor(private readonly predicates: Predicates) {}

  of(given: readonly Given[]): RuleSet {
    if (!given.every(({ isKept }) => isKept)) return this.ofLists(given.flatMap(({ lists }) => lists));
    return this.byAnswers.of(given, () => this.ofLists(given.flatMap(({ lists }) => lists)));
  }

  /** Where one policy makes its rules anew for each answer, what follows from those of the others is kept. */
  private ofLists(lists: readonly RuleList[]): RuleSet {
    const fresh = lists.filter(({ isFixed }) => !isFixed);
    if (fresh.length > 0) {
      const set = new RuleSet(fresh, this.predicates);
      if (fresh.length === lists.length) return set;
      const kept = this.ofLists(lists.filter(({ isFixed }) => isFixed));
      return new RuleSet(lists, this.predicates, [kept, set]);
    }
    return this.byLists.of(lists, () => new RuleSet(lists, this.predicates));
  }
}

/**
 * The answers of the policies so far, one after the other, for one kind of principal and one operation. Immutable
 * answers lead to the same node each time: one lookup per policy leads to the finished rule set.
 */
export class Answered {
  private readonly longer = new WeakMap<PolicyAnswer, Answered>();
  /** The answers given last and their nodes: comparing a few is faster than the map. */
  private readonly recent: { readonly answer: PolicyAnswer; readonly next: Answered }[] = [];
  private known: RuleSet | undefined;

  constructor(
    private readonly sets: RuleSets,
    private readonly given: readonly Given[] = [],
  ) {}

  /** The node after one more answer; undefined if the answer is new or may have changed. */
  after(answer: PolicyAnswer): Answered | undefined {
    const { recent } = this;
    for (let i = 0; i < recent.length; i++) {
      const one = recent[i] as (typeof recent)[number];
      if (one.answer === answer) return one.next;
    }
    const next = this.longer.get(answer);
    if (next !== undefined) {
      if (recent.length === A_FEW) recent.shift();
      recent.push({ answer, next });
    }
    return next;
  }

  /** @param isFixed the answer cannot change any more */
  add(answer: PolicyAnswer, given: Given, isFixed: boolean): Answered {
    const next = new Answered(this.sets, [...this.given, given]);
    if (isFixed) this.longer.set(answer, next);
    return next;
  }

  get rules(): RuleSet {
    this.known ??= this.sets.of(this.given);
    return this.known;
  }
}
