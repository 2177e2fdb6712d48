import { EVERYTHING, NOTHING, type Condition } from '../../condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../decision-point.js';
import { USER_TASK } from '../../element-types.js';
import { compileForAll, type PrincipalPredicate } from '../../evaluate.js';
import type { Operation } from '../../operation.js';
import type { Policy, PolicyAnswer } from '../../policy.js';
import type { PolicySet } from '../../policy-set.js';
import type { SecureUser } from '../../principal.js';
import type { Resource } from '../../resource.js';
import type { Narrowing } from '../task-rules.js';
import { readingCases } from './cases.js';
import { GRID_LABEL, GRID_RULE, type GridContents } from './grid.js';
import { answerOf, forbidden, GridRules, OF_CASES, OF_EVENTS, permitted } from './grid-rules.js';
import { monitoring, readingModels, starting, startingWithSomeData } from './models.js';
import { conditionsOf, type GridRuleConditions } from './rule-conditions.js';
import { RuleIndex, type Said } from './rule-index.js';
import {
  assigningTasks,
  completingTasks,
  escalatingTasks,
  lendingTasks,
  narrowed,
  performing,
  readingTasks,
  shown,
  rejectingTasks,
  takingTasks,
  type Performing,
} from './tasks.js';

/** An operation, or `instance:start` with data that is not known. */
type Asked = Operation | 'any-data';

const NOTHING_SAID: PolicyAnswer = Object.freeze({});

const labelsOf = (rules: readonly Labelling[]): readonly string[] => [
  ...new Set(rules.flatMap(({ rule }) => rule.rule.as ?? [])),
];

/** The access rules grid of one policy set. Its answers are made when first asked for, once for all principals. */
export class Grid {
  readonly contents: GridContents;
  readonly policy: Policy;
  /** For items and cases, and for events that start a case. */
  private readonly answers = [new Map<Asked, PolicyAnswer>(), new Map<Asked, PolicyAnswer>()] as const;
  private readonly predicates = new Map<GridRuleConditions, PrincipalPredicate>();
  private alone: DecisionPoint | undefined;
  private made:
    | {
        readonly conditions: ReadonlyMap<string, GridRuleConditions>;
        readonly rules: GridRules;
        readonly performed: Performing;
        readonly narrowing: Narrowing | undefined;
        readonly labelling: RuleIndex<Labelling>;
      }
    | undefined;

  /** The rules of the version before as far as they were compiled, of which those that did not change are taken. */
  private earlier: ReadonlyMap<string, GridRuleConditions> | undefined;

  /** @param before of another version of the same policies */
  constructor(set: PolicySet, before?: Grid) {
    this.contents = {
      rules: set.of(GRID_RULE) as GridContents['rules'],
      labels: set.of(GRID_LABEL) as GridContents['labels'],
    };
    // The conditions of a rule follow from it and from the labels.
    if (before?.contents.labels === this.contents.labels)
      this.earlier = before.made?.conditions ?? before.earlier;
    this.policy = Object.freeze({
      name: 'grid',
      answer: (_principal, operation, { starts = false, anyData = false }) =>
        this.answer(anyData ? 'any-data' : operation, starts),
    } satisfies Policy);
  }

  /** False: it has no rule, and changes nothing. */
  get isInUse(): boolean {
    return this.contents.rules.size > 0;
  }

  /** Of an item: a rule shows it to the principal, who need not be able to perform it. */
  get showing(): Condition {
    return this.isInUse ? shown(this.compiled.rules) : NOTHING;
  }

  /** The part of the task rules that the grid leaves in force; undefined: all. */
  get narrowing(): Narrowing | undefined {
    return this.isInUse ? this.compiled.narrowing : undefined;
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
    return this.compiled.labelling
      .covering(process as string | undefined, element as string | undefined)
      .filter((one) => isTask || one.element !== undefined);
  }

  private holds(rule: GridRuleConditions, starts: boolean): PrincipalPredicate {
    if (starts) return compileForAll(rule.start);
    let known = this.predicates.get(rule);
    if (known === undefined) this.predicates.set(rule, (known = compileForAll(rule.who)));
    return known;
  }

  private get compiled() {
    if (this.made === undefined) {
      const { rules: given } = this.contents;
      const conditions = new Map<string, GridRuleConditions>();
      for (const [id, rule] of given) {
        const known = this.earlier?.get(id);
        conditions.set(id, known?.rule === rule ? known : conditionsOf(id, rule, this.contents));
      }
      this.earlier = undefined;
      const rules = new GridRules([...conditions.values()]);
      const labelling = rules.allow
        .filter(({ rule }) => rule.as !== undefined)
        .map((rule): Labelling => ({ process: rule.process, element: rule.element, when: EVERYTHING, rule }));
      const performed = performing(rules);
      this.made = {
        conditions,
        rules,
        performed,
        narrowing: narrowed(performed),
        labelling: new RuleIndex(labelling),
      };
    }
    return this.made;
  }

  private answer(operation: Asked, starts: boolean): PolicyAnswer {
    if (!this.isInUse) return NOTHING_SAID;
    const answers = this.answers[starts ? 1 : 0];
    let found = answers.get(operation);
    if (found === undefined) {
      // The same rules show a task and its people.
      found =
        operation === 'task:assignees' ? this.answer('task:read', starts) : this.make(operation, starts);
      answers.set(operation, found);
    }
    return found;
  }

  private make(operation: Asked, starts: boolean): PolicyAnswer {
    const { rules, performed } = this.compiled;
    switch (operation) {
      case 'task:read':
        return readingTasks(rules, performed);
      case 'task:take':
        return takingTasks(rules, performed);
      case 'task:execute':
        return completingTasks(rules, performed);
      case 'task:reject':
        return rejectingTasks(rules, performed);
      case 'task:assign':
        return assigningTasks(rules);
      case 'task:delegate':
        return lendingTasks(rules);
      case 'task:escalate':
        return escalatingTasks(rules);
      case 'instance:read':
        return readingCases(rules, performed);
      case 'instance:start':
        return starting(rules);
      case 'any-data':
        return startingWithSomeData(rules);
      case 'instance:message':
      case 'instance:signal':
      case 'instance:event':
        return starts
          ? starting(rules)
          : answerOf(permitted(rules, 'Perform', OF_EVENTS), forbidden(rules, 'Perform', OF_EVENTS));
      case 'model:read':
        return readingModels(rules);
      case 'model:report':
        return monitoring(rules, OF_CASES);
      case 'system:audit':
        return monitoring(rules, ['system']);
      default:
        return NOTHING_SAID;
    }
  }
}

/** A rule that gives a label. */
interface Labelling extends Said {
  readonly rule: GridRuleConditions;
}
