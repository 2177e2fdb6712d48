import {
  and,
  eq,
  isIn,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
  type Reference,
} from '../condition/condition.js';
import { IS_USER_TASK, NO_USER_TASK } from '../condition/element-types.js';
import type { Operation } from '../operation.js';
import { own } from '../path.js';
import type { Facts, Policy, PolicyAnswer, Rule } from '../policy.js';
import { DESIGNER, type SecureUser } from '../principal.js';

const ME: Reference = Object.freeze({ ref: 'user', path: 'userName' });
const MY_GROUPS: Reference = Object.freeze({ ref: 'user', path: 'userGroups' });

const rule = (id: string, says: string, when: Condition): Rule => Object.freeze({ id, says, when });
const onUserTask = (condition: Condition): Condition => and(IS_USER_TASK, condition);
const anyOf = (rules: readonly Rule[]): Condition => or(...rules.map((r) => r.when));

// The rules for reading a user task. The conditions name no principal, so they are compiled once.
const OPEN = rule('open', 'the model does not restrict this task', onUserTask(eq('item.guard.open', true)));
const ASSIGNEE = rule('assignee', 'assigned to you', onUserTask(eq('item.assignee', ME)));
const OWNER = rule('owner', 'you lent this task to another', onUserTask(eq('item.guard.owner', ME)));
const CANDIDATES: readonly Rule[] = Object.freeze([
  rule('candidate-user', 'you are among the candidates', onUserTask(eq('item.candidateUsers', ME))),
  rule(
    'candidate-group',
    'one of your groups is among the candidates',
    onUserTask(overlaps('item.candidateGroups', MY_GROUPS)),
  ),
]);
const CONCERNED: readonly Rule[] = Object.freeze([ASSIGNEE, ...CANDIDATES, OWNER]);
const STUCK = rule(
  'stuck',
  'you started the instance, and this task is stuck',
  onUserTask(and(eq('item.guard.closed', true), eq('item.guard.startedBy', ME))),
);

const STARTED_IT: Condition = onUserTask(eq('item.guard.startedBy', ME));

// Who has rejected a task does not find it any more, whatever else names them for it, unless it came to them after all.
const NOT_REJECTED = not(eq('item.guard.rejectedBy', ME));
const KEPT = rule(
  'rejected',
  'you have not rejected it',
  or(NOT_REJECTED, eq('item.assignee', ME), eq('item.guard.owner', ME), STUCK.when),
);

/** What of the people whom the model names is left by other policies. */
export interface Narrowing {
  /** Of an item: they still count. */
  readonly task: Condition;
  /** Of an instance: in one of its items, for which these names hold, they still count. */
  someTask(names: Condition): Condition;
}

/** The model names the principal for an item: as assignee, or as a candidate. */
const NAMED_BY_MODEL = or(
  ASSIGNEE.when,
  and(or(and(OPEN.when, eq('item.status', 'wait')), anyOf(CANDIDATES)), NOT_REJECTED),
);
const COMPLETED = onUserTask(eq('item.guard.completedBy', ME));
const STARTER = rule('starter', 'you started it', eq('instance.guard.startedBy', ME));

/** Makes one answer for all principals, so that it is compiled once. */
const permits = (...rules: readonly Rule[]): PolicyAnswer =>
  Object.freeze({ permissive: Object.freeze(rules) });

/** The same for rules about a task that only those find who have not rejected it. */
const permitsUnlessRejected = (...rules: readonly Rule[]): PolicyAnswer =>
  Object.freeze({ ...permits(...rules), restrictive: Object.freeze([KEPT]) });

/** The answers in which people count whom the model names. */
interface Reading {
  readonly read: PolicyAnswer;
  readonly readInstance: PolicyAnswer;
  readonly assign: PolicyAnswer;
  readonly reject: PolicyAnswer;
}

function reading(tasks: readonly Rule[], candidates: readonly Rule[], participation: Condition): Reading {
  const readers = [STARTER, rule('participant', 'you may read or completed one of its tasks', participation)];
  const withInstance = readers.map((r) =>
    rule(`instance-${r.id}`, `${r.says}, so you may read its other items`, and(NO_USER_TASK, r.when)),
  );
  return Object.freeze({
    read: permitsUnlessRejected(...tasks, STUCK, ...withInstance),
    readInstance: permits(...readers),
    assign: permitsUnlessRejected(...tasks),
    // Rejecting, and undoing it: by then the task is no longer found.
    reject: permits(...candidates),
  });
}

const ALL_OF_MODEL = reading(
  [OPEN, ...CONCERNED],
  [OPEN, ...CANDIDATES],
  some('instance.items', or(NAMED_BY_MODEL, OWNER.when, COMPLETED)),
);

/** The lender of a task, and whoever completed one, are no longer candidates, so the narrowing does not affect them. */
function narrowedReading({ task, someTask }: Narrowing): Reading {
  const model = (names: readonly Rule[]): Rule =>
    rule(
      'model',
      'the model names you or nobody, and no rule excludes you from performing it',
      and(anyOf(names), task),
    );
  return reading(
    [model([OPEN, ...CONCERNED.filter((one) => one !== OWNER)]), OWNER],
    [model([OPEN, ...CANDIDATES])],
    or(someTask(NAMED_BY_MODEL), some('instance.items', or(OWNER.when, COMPLETED))),
  );
}

const EXECUTE = permits(ASSIGNEE);
// Lending, returning, recalling.
const DELEGATE = permits(ASSIGNEE, OWNER);
const ESCALATE = permits(ASSIGNEE, OWNER, rule('starter', 'you started the instance', STARTED_IT));
const SUSPEND_TASK = permits(
  rule(
    'assignee-may-suspend',
    'assigned to you, and the model lets its assignee suspend it',
    and(ASSIGNEE.when, eq('item.guard.suspendable', true)),
  ),
);

const starters = (at: string): Condition =>
  or(eq(`${at}.open`, true), overlaps(`${at}.users`, ME), overlaps(`${at}.groups`, MY_GROUPS));
const START = permits(rule('starter', 'the start event permits you to start it', starters('start')));
const MAY_START = rule('may-start', 'you may start it', some('model.guard.starts', starters('item')));

const readsAsDesigner = (is: boolean): Rule =>
  rule('designer', 'designers read the models of their tenant', is ? and() : NOTHING);
const NO_MODELS: readonly string[] = Object.freeze([]);

/** Who reads models. Rules about a list of names that cannot change are kept as long as it lives. */
class ModelReaders {
  private readonly designers = new WeakMap<object, PolicyAnswer>();
  private readonly others = new WeakMap<object, PolicyAnswer>();

  of(principal: SecureUser, facts: Facts): PolicyAnswer {
    const names = (own(facts, 'readableModels') as Facts['readableModels']) ?? NO_MODELS;
    const isDesigner = principal.inGroup(DESIGNER);
    const kept = isDesigner ? this.designers : this.others;
    const known = kept.get(names);
    if (known !== undefined) return known;
    const reads = isIn('model.name', names);
    const answer = permits(
      MAY_START,
      rule('reads-instance', 'you may read one of its instances', reads),
      readsAsDesigner(isDesigner),
    );
    if (Object.isFrozen(names)) kept.set(names, answer);
    return answer;
  }
}

const DESIGNERS = permits(rule('designer', 'designers write models', and()));
const NOBODY = permits();

function answer(
  principal: SecureUser,
  operation: Operation,
  facts: Facts,
  { read, readInstance, assign, reject }: Reading,
  readers: ModelReaders,
): PolicyAnswer {
  switch (operation) {
    case 'task:read':
    case 'task:assignees':
      return read;
    case 'task:execute':
      return EXECUTE;
    case 'task:take':
    case 'task:assign':
      return assign;
    case 'task:delegate':
      return DELEGATE;
    case 'task:reject':
      return reject;
    case 'task:escalate':
      return ESCALATE;
    case 'task:suspend':
      return SUSPEND_TASK;
    case 'instance:message':
    case 'instance:signal':
      return facts.starts === true ? START : readInstance;
    case 'instance:read':
      return readInstance;
    case 'instance:start':
      return START;
    case 'model:read':
      return readers.of(principal, facts);
    case 'model:create':
    case 'model:write':
    case 'model:code':
      return principal.inGroup(DESIGNER) ? DESIGNERS : NOBODY;
    default:
      return NOBODY;
  }
}

function taskRules(of: Reading): Policy {
  const readers = new ModelReaders();
  return Object.freeze({
    name: 'task-rules',
    answer: (principal, operation, facts) => answer(principal, operation, facts, of, readers),
  } satisfies Policy);
}

/** The rules that always apply. They leave all other operations to ADMIN and SYSTEM. */
export const taskRulesPolicy: Policy = taskRules(ALL_OF_MODEL);

/** The same rules, where what the model gives is narrowed. */
export const narrowedTaskRules = (narrowing: Narrowing): Policy => taskRules(narrowedReading(narrowing));
