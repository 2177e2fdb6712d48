import { and, eq, isIn, ne, NOTHING, or, overlaps, some, type Condition } from '../condition.js';
import type { Operation } from '../operation.js';
import { own } from '../path.js';
import type { Facts, Policy, PolicyAnswer, Rule } from '../policy.js';
import { DESIGNER, type SecureUser } from '../principal.js';
import { READ_TOKENS, readerTokens } from '../token.js';

const USER_TASK = 'bpmn:UserTask';

const rule = (id: string, says: string, when: Condition, narrow?: Condition): Rule => ({ id, says, when, narrow });
const onUserTask = (condition: Condition): Condition => and(eq('item.type', USER_TASK), condition);

/** What makes one a reader of a user task (spec 01, Rules); the last two never give more than reading. */
function taskReaders({ userName, userGroups }: SecureUser): { open: Rule; others: Rule[]; stuck: Rule } {
  return {
    open: rule('open', 'the model restricts this task to nobody', onUserTask(eq('item.guard.open', true))),
    others: [
      rule('assignee', 'assigned to you', onUserTask(eq('item.assignee', userName))),
      rule('candidate-user', 'you are among the candidates', onUserTask(eq('item.candidateUsers', userName))),
      rule('candidate-group', 'one of your groups is among the candidates', onUserTask(overlaps('item.candidateGroups', userGroups))),
      rule('owner', 'you lent this task to another', onUserTask(eq('item.guard.owner', userName))),
    ],
    stuck: rule('stuck', 'you started the instance, and nobody may do this task', onUserTask(and(eq('item.guard.closed', true), eq('item.guard.startedBy', userName)))),
  };
}

const anyOf = (rules: readonly Rule[]): Condition => or(...rules.map((r) => r.when));

/** Reader tokens narrow the search of a list; a stale one can only hide (spec 08, 13). */
const tokens = (principal: SecureUser): Condition => overlaps(READ_TOKENS, readerTokens(principal));

function instanceReaders(principal: SecureUser): Rule[] {
  const { open, others } = taskReaders(principal);
  const narrow = tokens(principal);
  const task = or(and(open.when, eq('item.status', 'wait')), anyOf(others), onUserTask(eq('item.guard.completedBy', principal.userName)));
  return [
    rule('starter', 'you started it', eq('instance.guard.startedBy', principal.userName), narrow),
    rule('participant', 'you may read or completed one of its tasks', some('instance.items', task), narrow),
  ];
}

function taskRules(principal: SecureUser): Record<'read' | 'execute' | 'assign' | 'delegate', readonly Rule[]> {
  const { open, others, stuck } = taskReaders(principal);
  const assignee = rule('assignee', 'assigned to you', onUserTask(eq('item.assignee', principal.userName)));
  const read = [open, ...others, stuck].map((r) => ({ ...r, narrow: tokens(principal) }));
  const withInstance = instanceReaders(principal).map((r) => rule(`instance-${r.id}`, `${r.says}: its other items come with it`, and(ne('item.type', USER_TASK), r.when), r.narrow));
  return { read: [...read, ...withInstance], execute: [assignee], assign: [open, ...others], delegate: [assignee] };
}

function starters({ userName, userGroups }: SecureUser, at: string): Condition {
  return or(eq(`${at}.open`, true), overlaps(`${at}.users`, [userName]), overlaps(`${at}.groups`, userGroups));
}

function modelReaders(principal: SecureUser, facts: Facts): Rule[] {
  return [
    rule('may-start', 'you may start it', some('model.guard.starts', starters(principal, 'item'))),
    rule('reads-instance', 'you may read one of its instances', isIn('model.name', (own(facts, 'readableModels') as Facts['readableModels']) ?? [])),
    rule('designer', 'designers read the models of their tenant', principal.inGroup(DESIGNER) ? and() : NOTHING),
  ];
}

const designer = (principal: SecureUser): Rule[] => (principal.inGroup(DESIGNER) ? [rule('designer', 'designers write models', and())] : []);

function permissive(principal: SecureUser, operation: Operation, facts: Facts): readonly Rule[] {
  switch (operation) {
    case 'task:read':
    case 'task:assignees':
      return taskRules(principal).read;
    case 'task:execute':
      return taskRules(principal).execute;
    case 'task:take':
    case 'task:assign':
      return taskRules(principal).assign;
    case 'task:delegate':
      return taskRules(principal).delegate;
    case 'instance:read':
    case 'instance:message':
    case 'instance:signal':
      return instanceReaders(principal);
    case 'instance:start':
      return [rule('starter', 'the start event admits you', starters(principal, 'start'))];
    case 'model:read':
      return modelReaders(principal, facts);
    case 'model:create':
    case 'model:write':
      return designer(principal);
    default:
      return [];
  }
}

/** The rules that always hold (spec 01). What no rule here names is for ADMIN and SYSTEM. */
export const taskRulesPolicy: Policy = Object.freeze({
  name: 'task-rules',
  answer: (principal: SecureUser, operation: Operation, facts: Facts): PolicyAnswer => ({ permissive: permissive(principal, operation, facts) }),
});
