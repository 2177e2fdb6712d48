import { NOTHING, type Condition } from '../condition/condition.js';
import { combinedByModel, halvesByModel, partedByModel } from './by-model.js';
import { namingModels } from './parted.js';
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import { restricted } from '../condition/factor.js';
import { atOnce, type InSteps } from '../in-steps.js';
import { hasPart, isMissing, type Part } from '../parts.js';
import type { Effect, Rule } from '../policy.js';
import type { Predicates } from './predicates.js';
import { RelevantRules, sortedBy } from './relevant-rules.js';
import type { Resource } from '../resource.js';
import { speaksOfStart, type AskedRule, type RuleList } from './rule-lists.js';
import {
  bothUnbound,
  halvesOf,
  holdsIn,
  joined,
  once,
  sharedFirst,
  unboundOf,
  type Halves,
  type Unbound,
} from './unbound.js';
import { alternativesBySearch, roughlyMany, type Ways } from './ways.js';

/** Rules from this number on are compiled model by model, whatever they are about. */
const MANY = 200;
/** From this number on, rules that each name a model are compiled model by model. */
const SOME_NAMED = 4;
/**
 * From this number on, rules about many models are stated roughly in a query, because combining them takes long.
 */
const MANY_STATED = 500;

/** The same rules in two sets. */
interface Halved {
  /** Each is made ready for queries by itself. */
  readonly split?: readonly [RuleSet, RuleSet];
  /** The first is the same for all principals; the second, for few. */
  readonly personal?: readonly [RuleSet, RuleSet];
}

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
  private knownHalves: Halves | undefined;
  private relevantRules: RelevantRules | undefined;
  private unmarkedNames: readonly string[] | undefined;
  private searchedPaths: readonly string[] | undefined;
  /** By whether rules about starts are left out. */
  private readonly scopes = new Map<boolean, Unbound>();

  constructor(
    readonly lists: readonly RuleList[],
    private readonly predicates: Predicates,
    private readonly halved: Halved = {},
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
    return this.isFixed ? undefined : this.halved.split;
  }

  private get isFixed(): boolean {
    return this.lists.every(({ isFixed }) => isFixed);
  }

  private combine(): PrincipalPredicate {
    const { personal } = this.halved;
    if (personal !== undefined) return sharedFirst(...personal);
    const [permits, restricts] = [whens(this.permits), whens(this.restricts)];
    return this.isByModel(permits, restricts)
      ? combinedByModel(permits, restricts, this.predicates)
      : this.predicates.combined(permits, restricts);
  }

  private isByModel(permits: readonly Condition[], restricts: readonly Condition[]): boolean {
    if (this.isLarge(MANY) || this.isHeavy) return true;
    // What few principals share is not worth a closure for each model.
    const isShared = this.lists.every(({ isFixed, isPersonal }) => isFixed && !isPersonal);
    return isShared && namingModels(permits, restricts) >= SOME_NAMED;
  }

  /** More rules than that, none of which can change any more. */
  private isLarge(many: number): boolean {
    return this.permits.length + this.restricts.length > many && this.isFixed;
  }

  /** True for a few fixed rules that say so much that they are better compiled model by model. */
  private get isHeavy(): boolean {
    return this.isFixed && this.lists.some((list) => this.predicates.isHeavy(list));
  }

  /** One of the permissive rules holds; and all restrictive ones. */
  get halves(): Halves {
    return (this.knownHalves ??= this.makeHalves());
  }

  private makeHalves(): Halves {
    const [permits, restricts] = [whens(this.permits), whens(this.restricts)];
    return this.isByModel(permits, restricts)
      ? halvesByModel(permits, restricts, this.predicates)
      : halvesOf(this.predicates, permits, restricts);
  }

  /** The rules that matter for the resource, in the order of the policies; all of them if a part was not loaded. */
  relevant(resource: Resource): readonly AskedRule[] {
    if (this.parts.some((part) => isMissing(resource, part))) return this.inOrder;
    if (this.changing !== undefined)
      return sortedBy(
        this.lists,
        this.changing.flatMap((one) => one.relevant(resource)),
      );
    this.relevantRules ??= new RelevantRules(this.inOrder);
    return this.relevantRules.of(resource);
  }

  /** One of the rules that another puts together. */
  askedOf(asked: AskedRule, rule: Rule): AskedRule {
    return { ...asked, rule, holds: this.predicates.of(rule.when) };
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
    for (const part of this.halved.split ?? []) yield* part.prepare();
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
    const { split } = this.halved;
    if (split !== undefined)
      return bothUnbound(split[0].unbound(withoutStarts), split[1].unbound(withoutStarts));
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
    if (parted === undefined)
      return yield* unboundOf(make(), () => ({
        ...halvesOf(this.predicates, whens(permits), restricts),
        needsItems: this.parts.includes('items'),
      }));
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
}

const whens = (asked: readonly AskedRule[]): Condition[] => asked.map(({ rule }) => rule.when);
