import { EVERYTHING, NOTHING, type Condition } from '../../condition/condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../decision/decision-point.js';
import type { InSteps } from '../../in-steps.js';
import { USER_TASK } from '../../condition/element-types.js';
import { compileForAll, type PrincipalPredicate } from '../../evaluation/evaluate.js';
import type { Policy, PolicyAnswer } from '../../policy.js';
import type { Entries } from '../../policy-set/entries.js';
import type { PolicySet } from '../../policy-set/policy-set.js';
import type { SecureUser } from '../../principal.js';
import type { Resource } from '../../resource.js';
import type { Narrowing } from '../task-rules.js';
import { GRID_LABEL, GRID_RULE, type GridContents, type GridRule } from './grid.js';
import { NOTHING_SAID } from './grid-part.js';
import { GridParts, MANY } from './grid-parts.js';
import { conditionsOf, type GridRuleConditions } from './rule-conditions.js';
import { RuleIndex, type Said } from './rule-index.js';
import { narrowed, shown } from './tasks.js';

const labelsOf = (rules: readonly Labelling[]): readonly string[] => [
  ...new Set(rules.flatMap(({ rule }) => rule.rule.as ?? [])),
];

/** The access rules grid of one policy set. Its answers are made when first asked for, once for all principals. */
export class Grid {
  readonly contents: GridContents;
  readonly policy: Policy;
  private readonly rules: Entries;
  private readonly predicates = new Map<GridRuleConditions, PrincipalPredicate>();
  private alone: DecisionPoint | undefined;
  private made: Made | undefined;
  private narrowed: { readonly narrowing: Narrowing | undefined } | undefined;
  private labels: RuleIndex<Labelling> | undefined;

  /** What was compiled for the previous version; the unchanged parts are reused. */
  private earlier: Made | undefined;

  /** @param before of another version of the same policies */
  constructor(set: PolicySet, before?: Grid) {
    this.rules = set.of(GRID_RULE);
    this.contents = {
      rules: this.rules as GridContents['rules'],
      labels: set.of(GRID_LABEL) as GridContents['labels'],
    };
    // The conditions of a rule follow from it and from the labels.
    if (this.isInUse && before?.contents.labels === this.contents.labels)
      this.earlier = before.made ?? before.earlier;
    this.policy = Object.freeze({
      name: 'grid',
      answer: (_principal, operation, { starts = false, anyData = false }) =>
        this.isInUse ? this.compiled.parts.answer(anyData ? 'any-data' : operation, starts) : NOTHING_SAID,
    } satisfies Policy);
  }

  /** False: it has no rule, and changes nothing. */
  get isInUse(): boolean {
    return this.contents.rules.size > 0;
  }

  /** True: its rules are so many that what follows from them is prepared. */
  get isLarge(): boolean {
    return this.contents.rules.size > MANY;
  }

  /** Of an item: a rule shows it to the principal, who need not be able to perform it. */
  get showing(): Condition {
    return this.isInUse ? shown(this.compiled.parts.rules) : NOTHING;
  }

  /** The part of the task rules that the grid leaves in force; undefined: all. */
  get narrowing(): Narrowing | undefined {
    if (!this.isInUse) return undefined;
    this.narrowed ??= { narrowing: narrowed(this.compiled.parts.performed) };
    return this.narrowed.narrowing;
  }

  /**
   * The labels that the principal wins by performing the task or event of a resource: those of all rules that allow it.
   * @param starts the resource is a model and its start event
   */
  labelsWonBy(principal: SecureUser, resource: Resource, starts = false): readonly string[] {
    return labelsOf(
      this.labelling(resource, starts).filter(({ rule }) => this.holds(rule, starts)(resource, principal)),
    );
  }

  /** The labels that are lent with the task. */
  labelsLentWith(resource: Resource): readonly string[] {
    return labelsOf(this.labelling(resource, false).filter(({ rule }) => rule.rule.handOn === true));
  }

  /** What stands against the principal's performing a task, in words; nothing against an administrator's. */
  against(principal: SecureUser, resource: Resource): readonly string[] {
    if (!this.isInUse) return [];
    this.alone ??= createDecisionPoint([this.policy]);
    const { reasons } = this.alone.decide(principal, 'task:execute', resource);
    return reasons.filter(({ effect, holds }) => effect !== 'permits' && !holds).map(({ says }) => says);
  }

  private labelling({ instance, item, model, start }: Resource, starts: boolean): readonly Labelling[] {
    if (!this.isInUse) return [];
    const [process, element] = starts ? [model?.name, start?.elementId] : [instance?.name, item?.elementId];
    // A rule about a process is about its tasks.
    const isTask = !starts && item?.type === USER_TASK;
    return this.labelledBy
      .covering(process as string | undefined, element as string | undefined)
      .filter((one) => isTask || one.element !== undefined);
  }

  private get labelledBy(): RuleIndex<Labelling> {
    this.labels ??= new RuleIndex(
      this.compiled.parts.rules.allow
        .filter(({ rule }) => rule.as !== undefined)
        .map((rule) => ({ process: rule.process, element: rule.element, when: EVERYTHING, rule })),
    );
    return this.labels;
  }

  private holds(rule: GridRuleConditions, starts: boolean): PrincipalPredicate {
    if (starts) return compileForAll(rule.start);
    let known = this.predicates.get(rule);
    if (known === undefined) this.predicates.set(rule, (known = compileForAll(rule.who)));
    return known;
  }

  private get compiled(): Made {
    if (this.made === undefined) for (const _step of this.steps()) continue;
    return this.made as unknown as Made;
  }

  /** Compiles the rules one after the other. */
  private *steps(): InSteps<void> {
    const { earlier, rules } = this;
    const changed = earlier && rules.changedSince(earlier.rules);
    const conditions = new Map(changed && earlier?.conditions);
    for (const id of changed ?? rules.keys()) {
      const rule = rules.get(id) as GridRule | undefined;
      const known = earlier?.conditions.get(id);
      if (rule === undefined) conditions.delete(id);
      else conditions.set(id, known?.rule === rule ? known : conditionsOf(id, rule, this.contents));
      yield;
    }
    const parts = new GridParts([...conditions.values()], earlier?.parts);
    this.earlier = undefined;
    // A call that could not wait may have made them in between.
    this.made ??= { rules, conditions, parts };
  }

  /**
   * Makes, one after the other, what lists need of the rules, so that others can run in between. What was not made in
   * this way is made when it is first asked for.
   * @param compile compiles an answer in the same way
   */
  *prepare(compile: (answer: PolicyAnswer) => Iterable<void>): InSteps<void> {
    if (!this.isInUse) return;
    if (this.made === undefined) yield* this.steps();
    const { parts } = this.compiled;
    yield* parts.prepare(LISTED, compile);
  }
}

/** What was made of the rules. */
interface Made {
  readonly rules: Entries;
  readonly conditions: ReadonlyMap<string, GridRuleConditions>;
  readonly parts: GridParts;
}

/** What lists ask. */
export const LISTED = Object.freeze(['task:read', 'instance:read', 'model:read'] as const);

/** A rule that gives a label. */
interface Labelling extends Said {
  readonly rule: GridRuleConditions;
}
