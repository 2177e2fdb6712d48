import { parseCondition } from '../../condition-json.js';
import { and, eq, EVERYTHING, isNothing, not, NOTHING, or, type Condition } from '../../condition.js';
import { IS_USER_TASK } from '../../element-types.js';
import { factored } from '../../factor.js';
import { createDecisionPoint, type DecisionPoint } from '../../decision-point.js';
import type { Reason } from '../../decision.js';
import type { Operation } from '../../operation.js';
import type { Policy, PolicyAnswer, Rule } from '../../policy.js';
import type { PolicySet } from '../../policy-set.js';
import type { SecureUser } from '../../principal.js';
import type { Resource } from '../../resource.js';
import { dutiesIn, taskOf, tasksOf, type Duty, type TaskOf } from './duty.js';
import { possibly } from './possibly.js';
import { didToo, someoneElseDid, STARTED_IT, WAITS } from './who-did.js';

const SAYS_NOTHING: PolicyAnswer = Object.freeze({});

/** Operations that show a task. */
const SHOWING: ReadonlySet<Operation> = new Set<Operation>(['task:read', 'task:assignees']);
/** Operations by which a principal does a task, or gets it. Others concern the person who gets the task. */
const DOING: ReadonlySet<Operation> = new Set<Operation>(['task:take', 'task:execute']);

/** A task, and what forbids it to the principal. */
interface Forbidden {
  readonly task: TaskOf | undefined;
  readonly because: Condition;
}

/** Everything that the duty forbids, for each of its tasks. */
function forbiddenBy(duty: Duty): Forbidden[] {
  switch (duty.duty) {
    case 'not-initiator':
      return (duty.tasks?.map((task) => taskOf(duty, task)) ?? [undefined]).map((task) => ({
        task,
        because: STARTED_IT,
      }));
    case 'not-who-did':
    case 'must-be-who-did': {
      const forbids = (other: TaskOf, task: TaskOf): Condition =>
        duty.duty === 'not-who-did' ? didToo([other], task) : someoneElseDid(other, task);
      const [task, did] = tasksOf(duty) as [TaskOf, TaskOf];
      return [
        { task, because: forbids(did, task) },
        { task: did, because: forbids(task, did) },
      ];
    }
    case 'distinct': {
      const tasks = tasksOf(duty);
      const eachItem = duty.eachItem ?? tasks.length === 1;
      return tasks.map((task, at) => ({
        task,
        because: didToo(eachItem ? tasks : tasks.filter((_, other) => other !== at), task),
      }));
    }
  }
}

const nameOf = ({ model, task, anywhere }: TaskOf): string => (anywhere ? `${task} of ${model}` : task);

/** The duty in words. */
export function inWords(duty: Duty): string {
  const names = tasksOf(duty).map(nameOf);
  switch (duty.duty) {
    case 'not-initiator':
      return 'who started the case may not do this task';
    case 'not-who-did':
      return `${names.join(' and ')} must be done by different people`;
    case 'must-be-who-did':
      return `${names.join(' and ')} must be done by the same person`;
    case 'distinct':
      return `${names.join(', ')} must each be done by another person`;
  }
}

function rulesOf(id: string, duty: Duty): Rule[] {
  const applies = duty.when === undefined ? EVERYTHING : possibly(parseCondition(duty.when));
  const says = duty.says ?? inWords(duty);
  return forbiddenBy(duty).map(({ task, because }) => {
    const named =
      task === undefined
        ? [eq('instance.name', duty.model), IS_USER_TASK]
        : [eq('instance.name', task.model), eq('item.elementId', task.task)];
    return Object.freeze({ id, says, when: not(and(...named, WAITS, applies, because)) });
  });
}

/** What is forbidden is hidden too, unless something else shows it. */
function hiding(name: string, restrictive: readonly Rule[], shown: Condition): PolicyAnswer {
  if (isNothing(shown)) return Object.freeze({ restrictive });
  const forbidden = restrictive.map(({ when }) => not(when));
  const says = 'no duty forbids it to you, or a rule of the grid shows it';
  const rule = Object.freeze({ id: name, says, when: or(not(factored(forbidden)), shown) });
  return Object.freeze({ restrictive: Object.freeze([rule]) });
}

function policyOf(
  name: string,
  duties: readonly (readonly [id: string, duty: Duty])[],
  strict: boolean,
  showing: () => Condition,
): Policy {
  const restrictive = Object.freeze(duties.flatMap(([id, duty]) => rulesOf(id, duty)));
  const forbids: PolicyAnswer = Object.freeze({ restrictive });
  let hides: PolicyAnswer | undefined;
  return Object.freeze({
    name,
    waivable: !strict,
    answer(principal, operation) {
      // Administrators must see what they administer.
      if (SHOWING.has(operation))
        return strict && principal.isAdmin()
          ? SAYS_NOTHING
          : (hides ??= hiding(name, restrictive, showing()));
      return DOING.has(operation) ? forbids : SAYS_NOTHING;
    },
  } satisfies Policy);
}

/** The separation of duties of one policy set. */
export class Duties {
  /** What restricts; administrators are exempt from the first, not from the strict one. */
  readonly policies: readonly Policy[];
  /** Models with tasks whose duties refer to other instances of the case. */
  readonly acrossInstances: ReadonlySet<string>;
  /** As the policies apply, and as if nobody were exempt. */
  private readonly asked: Readonly<Record<'inForce' | 'all', DecisionPoint>>;

  /** @param showing of a task: it is shown to the principal, whether or not a duty forbids it */
  constructor(set: PolicySet, showing: () => Condition = () => NOTHING) {
    const entries = [...dutiesIn(set)];
    const plain = entries.filter(([, duty]) => duty.strict !== true);
    const strict = entries.filter(([, duty]) => duty.strict === true);
    this.policies = Object.freeze([
      ...(plain.length === 0 ? [] : [policyOf('duties', plain, false, showing)]),
      ...(strict.length === 0 ? [] : [policyOf('strict-duties', strict, true, showing)]),
    ]);
    const wide = entries
      .map(([, duty]) => tasksOf(duty))
      .filter((tasks) => tasks.some((task) => task.anywhere));
    this.acrossInstances = new Set(wide.flat().map(({ model }) => model));
    this.asked = {
      inForce: createDecisionPoint(this.policies),
      all: createDecisionPoint(this.policies.map((policy) => ({ ...policy, waivable: false }))),
    };
  }

  /** True when there is a duty. */
  get exist(): boolean {
    return this.policies.length > 0;
  }

  /** What stands against the principal's doing it, in words; against an administrator's, only strict duties. */
  against(principal: SecureUser, operation: Operation, resource: Resource): readonly string[] {
    return this.unmet('inForce', principal, operation, resource).map(({ says }) => says);
  }

  /** The names of the duties that forbid it to an administrator too, and that it overrides by doing it. */
  overridden(principal: SecureUser, operation: Operation, resource: Resource): readonly string[] {
    if (!principal.isAdmin()) return [];
    return [...new Set(this.unmet('all', principal, operation, resource).map(({ rule }) => rule))];
  }

  private unmet(
    which: 'inForce' | 'all',
    principal: SecureUser,
    operation: Operation,
    resource: Resource,
  ): readonly Reason[] {
    if (!this.exist) return [];
    const { reasons } = this.asked[which].decide(principal, operation, resource);
    return reasons.filter(({ effect, holds }) => effect !== 'permits' && !holds);
  }
}
