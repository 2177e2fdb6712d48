import { addTo } from '../add-to.js';
import { EVERYTHING, isEverything, isNothing, type Condition } from '../condition/condition.js';
import { given } from '../condition/given.js';
import { conjuncts, namedBy } from '../condition/named.js';
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import { stepsTogether, type Predicates } from './predicates.js';

export const OF_INSTANCE = 'instance.name';
export const OF_ITEM = 'item.elementId';
const OF_MODELS = [OF_INSTANCE, 'model.name'] as const;

/** The names of models that one of several conditions is about; undefined: it may be about any. */
function namesOf(condition: Condition, field: string): readonly string[] | undefined {
  for (const part of conjuncts(condition)) {
    const names = namedBy(part, field);
    if (names !== undefined) return names;
  }
  return undefined;
}

/** Conditions by the name that they are about. */
class Split {
  /** True if what is left of those about none in particular is the same for every name. */
  readonly leavesSame: boolean;
  private readonly byName = new Map<string, number[]>();
  private readonly others: number[] = [];

  /** @param namesIn the names of the models that a condition is about; undefined: any */
  constructor(
    private readonly conditions: readonly Condition[],
    namesIn: (condition: Condition) => readonly string[] | undefined,
    private readonly field: string,
  ) {
    for (const [at, condition] of conditions.entries()) {
      const names = namesIn(condition);
      if (names === undefined) this.others.push(at);
      else for (const name of new Set(names)) addTo(this.byName, name, at);
    }
    const others = this.others.map((at) => conditions[at] as Condition);
    this.leavesSame = others.every((condition) => given(condition, field, '') === condition);
  }

  /** How many are about no model in particular. */
  get unnamed(): number {
    return this.others.length;
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** How many are about the model. */
  about(name: string): number {
    return this.byName.get(name)?.length ?? 0;
  }

  /** Those about the model, as they were given. */
  whole(name: string): Condition[] {
    return (this.byName.get(name) ?? []).map((at) => this.conditions[at] as Condition);
  }

  /** What is left for one model of those about none in particular. */
  unnamedOf(name: string): Condition[] {
    return this.others.map((at) => given(this.conditions[at] as Condition, this.field, name));
  }

  /** What is left of them for one model, in their order. Those about other models say nothing of it. */
  of(name: string): Condition[] {
    return [...this.others, ...(this.byName.get(name) ?? [])]
      .sort((a, b) => a - b)
      .map((at) => given(this.conditions[at] as Condition, this.field, name));
  }
}

/** What an exclusion excludes; what must hold otherwise is asked of every model. */
const excluded = (condition: Condition): Condition => (condition.op === 'not' ? condition.of : EVERYTHING);

/** How many of the conditions name the model that they are about. */
export const namingModels = (permits: readonly Condition[], restricts: readonly Condition[]): number =>
  [...permits, ...restricts.map(excluded)].filter((condition) =>
    OF_MODELS.some((field) => namesOf(condition, field) !== undefined),
  ).length;

/** Conditions by the model, or the element, that they are about, where its name stands at one field. */
export class Parted {
  /** The names that conditions are about. */
  readonly names: ReadonlySet<string>;
  /** How many of the conditions are about no name in particular. */
  readonly unnamed: number;
  /** True if what is left of the conditions is the same for all other names. */
  readonly hasOneRest: boolean;
  private readonly permits: Split;
  private readonly restricts: Split;

  constructor(
    private readonly field: string,
    permits: readonly Condition[],
    restricts: readonly Condition[],
    private readonly predicates: Predicates,
  ) {
    const { surroundings } = predicates;
    const permitted = (one: Condition): readonly string[] | undefined =>
      field === OF_INSTANCE ? surroundings.namesOf(one) : namesOf(one, field);
    this.permits = new Split(permits, permitted, field);
    this.restricts = new Split(restricts, (one) => namesOf(excluded(one), field), field);
    this.names = new Set([...this.permits.names, ...this.restricts.names]);
    this.unnamed = this.permits.unnamed + this.restricts.unnamed;
    this.hasOneRest = this.permits.leavesSame && this.restricts.leavesSame;
  }

  private restrictsOf(name: string): Condition[] {
    return this.restricts.of(name).filter((one) => !isEverything(one));
  }

  /** What is left of the conditions for one name, compiled. */
  combined(name: string): PrincipalPredicate {
    return this.predicates.combined(...this.leftFor(name));
  }

  /** What is left of the conditions for one name: those that permit, and those that restrict. */
  leftFor(name: string): readonly [permits: Condition[], restricts: Condition[]] {
    return [this.permits.of(name).filter((one) => !isNothing(one)), this.restrictsOf(name)];
  }

  /** The steps for a row of the model that most of them are about, roughly. */
  get steps(): number {
    const about = (name: string): number => this.permits.about(name) + this.restricts.about(name);
    const name = [...this.names].reduce((most, one) => (about(one) > about(most) ? one : most), '');
    const named = this.predicates.stepsTogether(
      this.permits.whole(name),
      this.restricts.whole(name),
      (condition) => given(condition, this.field, name),
    );
    return 1 + named + stepsTogether(this.permits.unnamedOf(name), this.restricts.unnamedOf(name));
  }
}
