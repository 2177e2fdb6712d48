import { EVERYTHING, NOTHING, type Condition } from '../condition/condition.js';
import { combinedByModel, partedByModel } from './by-model.js';
import { stepsOf } from '../condition/size.js';
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import { restricted } from '../condition/factor.js';
import { atOnce, type InSteps } from '../in-steps.js';
import { hasPart, isMissing, type Part } from '../parts.js';
import type { Effect, Rule } from '../policy.js';
import type { Predicates } from './predicates.js';
import { RelevantRules } from './relevant-rules.js';
import type { Resource } from '../resource.js';
import { speaksOfStart, type AskedRule, type RuleList } from './rule-lists.js';
import { bothUnbound, halvesOf, holdsIn, joined, type Halves, type Unbound } from './unbound.js';
import { alternativesBySearch, roughly, roughlyMany, type Ways } from './ways.js';

/** Rules from this number on are compiled model by model. */
const MANY = 200;
/**
 * From this number on, rules about many models are stated roughly in a query, because combining them takes long.
 */
const MANY_STATED = 500;

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
  private searchedPaths: readonly string[] | undefined;
  /** By whether rules about starts are left out. */
  private readonly scopes = new Map<boolean, Unbound>();

  /** @param split the same rules in two sets, of which each is made ready for queries by itself */
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
    return (!asks.item || item !== undefined) && (!asks.items || instance?.items !== undefined);
  }

  /** One of the permissive rules holds, and all restrictive ones. */
  get combined(): PrincipalPredicate {
    this.combinedRules ??=
      this.changing === undefined
        ? this.combine()
        : holdsIn(joined(this.changing[0].halves, this.changing[1].halves));
    return this.combinedRules;
  }

  /** The two sets, if one of them is made anew each time: what is derived from the other is kept. */
  private get changing(): readonly [RuleSet, RuleSet] | undefined {
    return this.isFixed ? undefined : this.split;
  }

  private get isFixed(): boolean {
    return this.lists.every(({ isFixed }) => isFixed);
  }

  private combine(): PrincipalPredicate {
    const [permits, restricts] = [whens(this.permits), whens(this.restricts)];
    return this.isLarge(MANY) || this.isHeavy
      ? combinedByModel(permits, restricts, this.predicates)
      : this.predicates.combined(permits, restricts);
  }

  /** More rules than that, none of which can change any more. */
  private isLarge(many: number): boolean {
    return this.permits.length + this.restricts.length > many && this.isFixed;
  }

  /** True for a few fixed rules that say so much that they are better compiled model by model. */
  private get isHeavy(): boolean {
    return this.isFixed && this.lists.some((list) => this.predicates.isHeavy(list));
  }

  private get halves(): Halves {
    const [permits, restricts] = [whens(this.permits), whens(this.restricts)];
    return this.isLarge(MANY) || this.isHeavy
      ? halvesByModel(permits, restricts, this.predicates)
      : halvesOf(this.predicates, permits, restricts);
  }

  /** The rules that matter for the resource, in the order of the policies; all of them if a part was not loaded. */
  relevant(resource: Resource): readonly AskedRule[] {
    if (this.parts.some((part) => isMissing(resource, part))) return this.inOrder;
    if (this.changing !== undefined)
      return this.sorted(this.changing.flatMap((one) => one.relevant(resource)));
    this.relevantRules ??= new RelevantRules(this.inOrder);
    return this.relevantRules.of(resource);
  }

  /** One of the rules that another puts together. */
  askedOf(asked: AskedRule, rule: Rule): AskedRule {
    return { ...asked, rule, holds: this.predicates.of(rule.when) };
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
      .filter(({ searched }) => searched.isUnmarked)
      .map(({ policy, rule }) => `${policy}/${rule.id}`);
    return this.unmarkedNames;
  }

  /** The paths below `data` that lists would search by if instances were marked for them. */
  get dataPaths(): readonly string[] {
    this.searchedPaths ??= [...new Set(this.permits.flatMap(({ searched }) => searched.dataPaths))];
    return this.searchedPaths;
  }

  private get inOrder(): readonly AskedRule[] {
    return this.lists.flatMap(({ rules }) => rules);
  }

  /** The scope before it is bound to a principal. */
  unbound(ofInstances: boolean): Unbound {
    const withoutStarts = ofInstances && this.asks.start;
    let known = this.scopes.get(withoutStarts);
    if (known === undefined)
      this.scopes.set(withoutStarts, (known = atOnce(this.makeUnbound(withoutStarts))));
    return known;
  }

  /** Makes the scopes in steps, so that no call has to make them at once. */
  *prepare(): InSteps<void> {
    for (const part of this.split ?? []) yield* part.prepare();
    for (const withoutStarts of this.asks.start ? [false, true] : [false]) {
      let made = this.scopes.get(withoutStarts);
      if (made === undefined) this.scopes.set(withoutStarts, (made = yield* this.makeUnbound(withoutStarts)));
      yield;
      if (made.around !== undefined) made.test();
      yield;
    }
  }

  /** @param withoutStarts a list of instances is asked for, of which none is about to start */
  private *makeUnbound(withoutStarts: boolean): InSteps<Unbound> {
    if (this.split !== undefined)
      return bothUnbound(this.split[0].unbound(withoutStarts), this.split[1].unbound(withoutStarts));
    const permits = withoutStarts ? this.permits.filter((asked) => !speaksOfStart(asked)) : this.permits;
    const restricts = withoutStarts && this.restricts.some(speaksOfStart) ? [NOTHING] : whens(this.restricts);
    const rules = permits.map(({ rule }) => rule);
    const make = (): Ways => ({
      ways: alternativesBySearch(rules, this.predicates),
      restricts: restricted(restricts),
    });
    const parted =
      this.isLarge(MANY_STATED) || this.isHeavy
        ? partedByModel(whens(permits), restricts, this.predicates)
        : undefined;
    if (parted === undefined) return yield* this.smallUnbound(make(), whens(permits), restricts);
    return {
      whole: make,
      around: yield* roughlyMany(rules, restricts, this.predicates.surroundings),
      test: once(() => ({
        ...halvesByModel(whens(permits), restricts, this.predicates),
        needsItems: this.parts.includes('items'),
        steps: parted.steps,
      })),
    };
  }

  private *smallUnbound(
    whole: Ways,
    permits: readonly Condition[],
    restricts: readonly Condition[],
  ): InSteps<Unbound> {
    yield;
    const around = yield* roughly(whole);
    const conditions = (): Condition[] => [...whole.ways.map(({ when }) => when), ...whole.restricts];
    return {
      whole: () => whole,
      around: around === whole ? undefined : around,
      test: once(() => ({
        ...halvesOf(this.predicates, permits, restricts),
        needsItems: this.parts.includes('items'),
        steps: conditions().reduce((sum, condition) => sum + stepsOf(condition), 1),
      })),
    };
  }
}

const ANYTHING: readonly Condition[] = Object.freeze([EVERYTHING]);

const halvesByModel = (
  permits: readonly Condition[],
  restricts: readonly Condition[],
  predicates: Predicates,
): Halves => ({
  permits: combinedByModel(permits, [], predicates),
  restricts: combinedByModel(ANYTHING, restricts, predicates),
});

const once = <T>(make: () => T): (() => T) => {
  let known: T | undefined;
  return () => (known ??= make());
};

const whens = (asked: readonly AskedRule[]): Condition[] => asked.map(({ rule }) => rule.when);
