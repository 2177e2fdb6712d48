import {
  and,
  eq,
  isIn,
  ne,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
  type Reference,
} from '../condition.js';
import type { Operation } from '../operation.js';
import { own } from '../path.js';
import type { Facts, Policy, PolicyAnswer, Rule } from '../policy.js';
import { DESIGNER, type SecureUser } from '../principal.js';

const USER_TASK = 'bpmn:UserTask';

const ME: Reference = Object.freeze({ ref: 'user', path: 'userName' });
const MY_GROUPS: Reference = Object.freeze({ ref: 'user', path: 'userGroups' });

const rule = (id: string, says: string, when: Condition): Rule => Object.freeze({ id, says, when });
const onUserTask = (condition: Condition): Condition => and(eq('item.type', USER_TASK), condition);
const anyOf = (rules: readonly Rule[]): Condition => or(...rules.map((r) => r.when));

// What makes one a reader of a user task (spec 01, Rules). The conditions name no principal, so that they are
// compiled once.
const OPEN = rule('open', 'the model restricts this task to nobody', onUserTask(eq('item.guard.open', true)));
const ASSIGNEE = rule('assignee', 'assigned to you', onUserTask(eq('item.assignee', ME)));
const OWNER = rule('owner', 'you lent this task to another', onUserTask(eq('item.guard.owner', ME)));
const CONCERNED: readonly Rule[] = Object.freeze([
  ASSIGNEE,
  rule('candidate-user', 'you are among the candidates', onUserTask(eq('item.candidateUsers', ME))),
  rule(
    'candidate-group',
    'one of your groups is among the candidates',
    onUserTask(overlaps('item.candidateGroups', MY_GROUPS)),
  ),
  OWNER,
]);
const STUCK = rule(
  'stuck',
  'you started the instance, and nobody may do this task',
  onUserTask(and(eq('item.guard.closed', true), eq('item.guard.startedBy', ME))),
);

const PARTICIPATION = or(
  and(OPEN.when, eq('item.status', 'wait')),
  anyOf(CONCERNED),
  onUserTask(eq('item.guard.completedBy', ME)),
);
const INSTANCE_READERS: readonly Rule[] = Object.freeze([
  rule('starter', 'you started it', eq('instance.guard.startedBy', ME)),
  rule('participant', 'you may read or completed one of its tasks', some('instance.items', PARTICIPATION)),
]);
const WITH_INSTANCE: readonly Rule[] = INSTANCE_READERS.map((r) =>
  rule(
    `instance-${r.id}`,
    `${r.says}: its other items come with it`,
    and(ne('item.type', USER_TASK), r.when),
  ),
);

const READ: readonly Rule[] = Object.freeze([OPEN, ...CONCERNED, STUCK, ...WITH_INSTANCE]);
const EXECUTE: readonly Rule[] = Object.freeze([ASSIGNEE]);
// Lending, giving back, recalling.
const DELEGATE: readonly Rule[] = Object.freeze([ASSIGNEE, OWNER]);
const ASSIGN: readonly Rule[] = Object.freeze([OPEN, ...CONCERNED]);

const starters = (at: string): Condition =>
  or(eq(`${at}.open`, true), overlaps(`${at}.users`, ME), overlaps(`${at}.groups`, MY_GROUPS));
const START: readonly Rule[] = Object.freeze([
  rule('starter', 'the start event admits you', starters('start')),
]);
const MAY_START = rule('may-start', 'you may start it', some('model.guard.starts', starters('item')));

function modelReaders(principal: SecureUser, facts: Facts): Rule[] {
  return [
    MAY_START,
    rule(
      'reads-instance',
      'you may read one of its instances',
      isIn('model.name', (own(facts, 'readableModels') as Facts['readableModels']) ?? []),
    ),
    rule(
      'designer',
      'designers read the models of their tenant',
      principal.inGroup(DESIGNER) ? and() : NOTHING,
    ),
  ];
}

const DESIGNERS: readonly Rule[] = Object.freeze([rule('designer', 'designers write models', and())]);

function permissive(principal: SecureUser, operation: Operation, facts: Facts): readonly Rule[] {
  switch (operation) {
    case 'task:read':
    case 'task:assignees':
      return READ;
    case 'task:execute':
      return EXECUTE;
    case 'task:take':
    case 'task:assign':
      return ASSIGN;
    case 'task:delegate':
      return DELEGATE;
    case 'instance:message':
    case 'instance:signal':
      return facts.starts === true ? START : INSTANCE_READERS;
    case 'instance:read':
      return INSTANCE_READERS;
    case 'instance:start':
      return START;
    case 'model:read':
      return modelReaders(principal, facts);
    case 'model:create':
    case 'model:write':
    case 'model:code':
      return principal.inGroup(DESIGNER) ? DESIGNERS : [];
    default:
      return [];
  }
}

/** The rules that always hold (spec 01). What no rule here names is for ADMIN and SYSTEM. */
export const taskRulesPolicy: Policy = Object.freeze({
  name: 'task-rules',
  answer: (principal: SecureUser, operation: Operation, facts: Facts): PolicyAnswer => ({
    permissive: permissive(principal, operation, facts),
  }),
});
