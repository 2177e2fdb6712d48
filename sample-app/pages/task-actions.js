import { TRANSITIONS } from 'bpmn-guard';

const admin = ({ userGroups }) => userGroups?.includes('ADMIN');

/** Why a task in a state does not allow an action. */
const HINDRANCE = Object.freeze({
  open: 'nobody has the task',
  unclaimed: 'nobody has the task',
  rejected: 'nobody has the task: all its candidates have rejected it',
  assigned: 'somebody has the task',
  delegated: 'the task is lent',
  closed: 'the task belongs to nobody',
  suspended: 'the task is suspended',
  starting: 'the task is being prepared',
  done: 'the task is finished',
});

/** The states of a task that somebody has or could take, and that is not lent. */
const LIVE = new Set(['open', 'unclaimed', 'assigned']);

/**
 * The actions on a task, in display order. The guard's table says in which states an action is possible. `isFor` says
 * for whom, `not` why not for others, `elsewhere` why not in a state in which the task is not lent, and `because` why
 * the action is possible. Otherwise the guard decides whether the user may.
 */
const ACTIONS = [
  { id: 'take', operation: 'task:take', label: 'Take', meaning: 'for yourself' },
  {
    id: 'complete',
    operation: 'task:execute',
    label: 'Complete',
    meaning: 'fill in the form and finish the task',
  },
  {
    id: 'release',
    operation: 'task:execute',
    label: 'Release',
    meaning: 'give it up',
    isFor: ({ assignee }, user) => assignee === user.userName || admin(user),
    not: 'the task is not yours',
  },
  { id: 'assign', operation: 'task:assign', label: 'Assign', meaning: 'give it to somebody else' },
  { id: 'delegate', operation: 'task:delegate', label: 'Lend', meaning: 'to somebody who returns it' },
  {
    id: 'resolve',
    operation: 'task:read',
    label: 'Give back',
    meaning: 'to the lender',
    isFor: ({ assignee, owner }, { userName }) => assignee === userName || owner === userName,
    not: 'the task is lent to somebody else',
    elsewhere: 'the task is not lent',
    because: ({ owner }, { userName }) =>
      owner === userName ? 'you have lent the task' : 'the task is lent to you',
  },
];

/** Why the task does not allow the action to the user now, whatever the guard decides; undefined if it does. */
function hindrance({ id, isFor, not, elsewhere }, task, user) {
  if (!TRANSITIONS[id].includes(task.state))
    return LIVE.has(task.state) ? (elsewhere ?? HINDRANCE[task.state]) : HINDRANCE[task.state];
  return isFor === undefined || isFor(task, user) ? undefined : not;
}

const sentence = (reasons) => [...new Set(reasons.map(({ says }) => says))].join('; ');

/** The reason for a decision, for people. */
function because({ allowed, reasons }) {
  if (reasons.some(({ effect }) => effect === 'failed')) return 'this could not be determined';
  const against = reasons.filter(({ effect, holds }) => effect === 'restricts' && !holds);
  if (against.length > 0) return `not as long as this does not hold: ${sentence(against)}`;
  const permits = reasons.filter(({ effect, holds }) => effect === 'permits' && holds === allowed);
  if (allowed) return permits.length > 0 ? sentence(permits) : 'you are an administrator';
  return permits.length > 0 ? `only if: ${sentence(permits)}` : 'no rule permits it';
}

/** The operations whose decisions are needed. */
export const OPERATIONS = Object.freeze([...new Set(ACTIONS.map(({ operation }) => operation))]);

/**
 * The actions that a user has on a task, and why or why not.
 * @param decisions by operation
 * @param enforced false: the rules are switched off and allow everything
 */
export function taskActions(task, user, decisions, enforced) {
  return ACTIONS.map((action) => {
    const { id, operation, label, meaning, because: why } = action;
    const of = (allowed, reason) => ({ id, label, meaning, allowed, why: reason });
    const hindered = hindrance(action, task, user);
    if (hindered !== undefined) return of(false, hindered);
    if (!enforced) return of(true, 'the rules are switched off');
    const decision = decisions.get(operation);
    return of(decision.allowed, decision.allowed && why !== undefined ? why(task, user) : because(decision));
  });
}
