const admin = ({ userGroups }) => userGroups?.includes('ADMIN');
const inState =
  (...states) =>
  ({ state }) =>
    states.includes(state);

/**
 * The actions on a task, in display order. `when` says whether the task's state allows it, `not` explains why not;
 * the guard decides whether the user may.
 */
const ACTIONS = [
  {
    id: 'take',
    operation: 'task:take',
    label: 'Take',
    meaning: 'for yourself',
    when: inState('open', 'unclaimed'),
    not: 'the task is not free',
  },
  {
    id: 'complete',
    operation: 'task:execute',
    label: 'Complete',
    meaning: 'fill in the form and finish the task',
    when: inState('open', 'unclaimed', 'assigned', 'closed'),
    not: 'the task is lent and must be returned first',
  },
  {
    id: 'release',
    operation: 'task:execute',
    label: 'Release',
    meaning: 'give it up, so that others can take it',
    when: ({ state, assignee }, user) => state === 'assigned' && (assignee === user.userName || admin(user)),
    not: 'the task is not yours',
  },
  {
    id: 'assign',
    operation: 'task:assign',
    label: 'Assign',
    meaning: 'give it to somebody else',
    when: inState('open', 'unclaimed', 'assigned', 'closed'),
    not: 'the task is lent',
  },
  {
    id: 'delegate',
    operation: 'task:delegate',
    label: 'Lend',
    meaning: 'to somebody who returns it',
    when: inState('assigned'),
    not: 'the task is not assigned',
  },
  {
    id: 'resolve',
    operation: 'task:read',
    label: 'Give back',
    meaning: 'to the lender',
    when: ({ state, assignee, owner }, { userName }) =>
      state === 'delegated' && (assignee === userName || owner === userName),
    not: 'the task is not lent',
  },
];

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
  return ACTIONS.map(({ id, operation, label, meaning, when, not }) => {
    const decision = decisions.get(operation);
    const now = task.state !== 'done' && when(task, user);
    if (!now)
      return {
        id,
        label,
        meaning,
        allowed: false,
        why: task.state === 'done' ? 'the task is finished' : not,
      };
    if (!enforced) return { id, label, meaning, allowed: true, why: 'the rules are switched off' };
    return { id, label, meaning, allowed: decision.allowed, why: because(decision) };
  });
}
