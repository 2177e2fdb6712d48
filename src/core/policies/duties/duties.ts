import { isNothing, not, NOTHING, or, type Condition } from '../../condition/condition.js';
import { Compilations } from '../../decision/compilations.js';
import { createDecisionPoint, type DecisionPoint } from '../../decision/decision-point.js';
import type { Reason } from '../../decision/decision.js';
import type { Operation } from '../../operation.js';
import type { Policy, PolicyAnswer, Rule } from '../../policy.js';
import type { PolicySet } from '../../policy-set/policy-set.js';
import type { SecureUser } from '../../principal.js';
import type { Resource } from '../../resource.js';
import { dutiesIn, tasksOf, type Duty, type TaskOf } from './duty.js';
import { DutyIndex } from './duty-index.js';
import type { Entry } from './statements.js';

const SAYS_NOTHING: PolicyAnswer = Object.freeze({});

/** Operations that show a task. */
const SHOWING: ReadonlySet<Operation> = new Set<Operation>(['task:read', 'task:assignees']);
/** Operations with which a principal does a task, or gets it. Others concern the person who gets the task. */
const DOING: ReadonlySet<Operation> = new Set<Operation>(['task:take', 'task:execute']);

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

/** One rule for all duties; the reasons of a decision are those of its task. */
function ruleOf(name: string, index: DutyIndex, forbidden: Condition): Rule {
  const known = new Map<Entry, Rule>();
  const alone = (entry: Entry): Rule => {
    let rule = known.get(entry);
    if (rule === undefined) {
      const { id, duty } = entry;
      rule = Object.freeze({ id, says: duty.says ?? inWords(duty), when: not(index.alone(entry)) });
      known.set(entry, rule);
    }
    return rule;
  };
  return Object.freeze({
    id: name,
    says: 'no duty forbids it to you',
    when: not(forbidden),
    reasons: (resource: Resource) => index.concerning(resource).map(alone),
  });
}

const restricting = (rule: Rule): PolicyAnswer => Object.freeze({ restrictive: Object.freeze([rule]) });

/** What is forbidden is hidden too, unless something else shows it. */
function hiding(name: string, forbidden: Condition, shown: Condition): PolicyAnswer {
  const says = 'no duty forbids it to you, or a rule of the grid shows it';
  return restricting(Object.freeze({ id: name, says, when: or(not(forbidden), shown) }));
}

function policyOf(
  name: string,
  duties: readonly (readonly [id: string, duty: Duty])[],
  strict: boolean,
  showing: () => Condition,
): Policy {
  let made: { readonly forbids: PolicyAnswer; readonly hides: PolicyAnswer } | undefined;
  const compiled = () => {
    const index = new DutyIndex(duties);
    const { forbidden } = index;
    const forbids = restricting(ruleOf(name, index, forbidden));
    const shown = showing();
    return { forbids, hides: isNothing(shown) ? forbids : hiding(name, forbidden, shown) };
  };
  return Object.freeze({
    name,
    waivable: !strict,
    answer(principal, operation) {
      // Administrators must see what they administer.
      if (SHOWING.has(operation))
        return strict && principal.isAdmin() ? SAYS_NOTHING : (made ??= compiled()).hides;
      return DOING.has(operation) ? (made ??= compiled()).forbids : SAYS_NOTHING;
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
    const compilations = new Compilations();
    this.asked = {
      inForce: createDecisionPoint(this.policies, compilations),
      all: createDecisionPoint(
        this.policies.map((policy) => ({ ...policy, waivable: false })),
        compilations,
      ),
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
