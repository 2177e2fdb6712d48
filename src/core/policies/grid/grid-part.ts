import { atOnce, type InSteps } from '../../in-steps.js';
import type { Operation } from '../../operation.js';
import type { PolicyAnswer } from '../../policy.js';
import { readingCases } from './cases.js';
import { answerOf, forbidden, GridRules, OF_CASES, OF_EVENTS, permitted } from './grid-rules.js';
import { monitoring, readingModels, starting, startingWithSomeData } from './models.js';
import type { GridRuleConditions } from './rule-conditions.js';
import {
  assigningTasks,
  completingTasks,
  escalatingTasks,
  lendingTasks,
  performing,
  readingTasks,
  rejectingTasks,
  takingTasks,
  type Performing,
} from './tasks.js';

/** An operation, or `instance:start` with data that is not known. */
export type Asked = Operation | 'any-data';

export const NOTHING_SAID: PolicyAnswer = Object.freeze({});

/** Rules of a grid that belong together, and what they answer: made when first asked for, once for all principals. */
export class GridPart {
  readonly rules: GridRules;
  /** For items and cases, and for events that start a case. */
  private readonly answers = [new Map<Asked, PolicyAnswer>(), new Map<Asked, PolicyAnswer>()] as const;
  private madePerforming: Performing | undefined;

  constructor(private readonly of: readonly GridRuleConditions[]) {
    this.rules = new GridRules(of);
  }

  /** True if it is made of these rules. */
  isOf(rules: readonly GridRuleConditions[]): boolean {
    return rules.length === this.of.length && rules.every((rule, at) => rule === this.of[at]);
  }

  get performed(): Performing {
    return (this.madePerforming ??= atOnce(performing(this.rules)));
  }

  /** Makes answers in steps. */
  *prepare(asked: readonly Asked[]): InSteps<void> {
    this.madePerforming ??= yield* performing(this.rules);
    const [answers] = this.answers;
    for (const one of asked) if (!answers.has(one)) answers.set(one, yield* this.make(one, false));
  }

  answer(operation: Asked, starts: boolean): PolicyAnswer {
    const answers = this.answers[starts ? 1 : 0];
    let found = answers.get(operation);
    if (found === undefined) answers.set(operation, (found = atOnce(this.make(operation, starts))));
    return found;
  }

  private *make(operation: Asked, starts: boolean): InSteps<PolicyAnswer> {
    const { rules, performed } = this;
    switch (operation) {
      case 'task:read':
        return yield* readingTasks(rules, performed);
      // The same rules show a task and its people.
      case 'task:assignees':
        return this.answer('task:read', starts);
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
        return yield* readingCases(rules, performed);
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
