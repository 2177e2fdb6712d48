import type { Condition } from '../../condition/condition.js';
import { keyOf } from '../../condition/key.js';
import { given } from '../../condition/given.js';
import { atOnce, type InSteps } from '../../in-steps.js';
import type { Operation } from '../../operation.js';
import type { PolicyAnswer } from '../../policy.js';
import { readingCases } from './cases.js';
import { answerOf, forbidden, GridRules, OF_CASES, OF_EVENTS, permitted } from './grid-rules.js';
import { monitoring, readingModels, starting, startingWithSomeData } from './models.js';
import type { GridRuleConditions } from './rule-conditions.js';
import { OF_ITEM } from './rule-index.js';
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

/** A condition, and its key. */
interface Blocked {
  readonly when: Condition;
  readonly key: string;
}

/** Related rules of a grid, and their answers: created on first use, once for all principals. */
export class GridPart {
  readonly rules: GridRules;
  /** For items and cases, and for events that start a case. */
  private readonly answers = [new Map<Asked, PolicyAnswer>(), new Map<Asked, PolicyAnswer>()] as const;
  private madePerforming: Performing | undefined;
  private madeBlocked: Blocked | undefined;

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

  /** Of an item of the process that its rules are about: the principal is excluded from it. */
  blockedIn(process: string): Blocked {
    if (this.madeBlocked === undefined) {
      const when = given(this.performed.blocked, OF_ITEM.process, process);
      this.madeBlocked = { when, key: keyOf(when) };
    }
    return this.madeBlocked;
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
