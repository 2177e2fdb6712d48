const admin = ({ userGroups }) => userGroups?.includes('ADMIN');
const inState =
  (...states) =>
  ({ state }) =>
    states.includes(state);

/**
 * What can be done with a task, in the order in which it is shown. `when` says whether the moment is right, `not` what
 * is said when it is not; whether the user may is the guard's to decide.
 */
const ACTIONS = [
  {
    id: 'take',
    operation: 'task:take',
    label: 'Take',
    meaning: 'for yourself',
    when: inState('open', 'unclaimed'),
    not: 'it is not free',
  },
  {
    id: 'complete',
    operation: 'task:execute',
    label: 'Complete',
    meaning: 'fill it in and finish it',
    when: inState('open', 'unclaimed', 'assigned', 'closed'),
    not: 'it is lent: it has to be given back first',
  },
  {
    id: 'release',
    operation: 'task:execute',
    label: 'Release',
    meaning: 'give it up, for others to take',
    when: ({ state, assignee }, user) => state === 'assigned' && (assignee === user.userName || admin(user)),
    not: 'it is not yours',
  },
  {
    id: 'assign',
    operation: 'task:assign',
    label: 'Assign',
    meaning: 'hand it to somebody',
    when: inState('open', 'unclaimed', 'assigned', 'closed'),
    not: 'it is lent',
  },
  {
    id: 'delegate',
    operation: 'task:delegate',
    label: 'Lend',
    meaning: 'to somebody, who gives it back',
    when: inState('assigned'),
    not: 'it is not assigned',
  },
  {
    id: 'resolve',
    operation: 'task:read',
    label: 'Give back',
    meaning: 'to the one who lent it',
    when: ({ state, assignee, owner }, { userName }) =>
      state === 'delegated' && (assignee === userName || owner === userName),
    not: 'it is not lent',
  },
];

const sentence = (reasons) => [...new Set(reasons.map(({ says }) => says))].join('; ');

/** Why a decision came out as it did, for people. */
function because({ allowed, reasons }) {
  if (reasons.some(({ effect }) => effect === 'failed')) return 'it could not be told';
  const against = reasons.filter(({ effect, holds }) => effect === 'restricts' && !holds);
  if (against.length > 0) return `not as long as this does not hold: ${sentence(against)}`;
  const permits = reasons.filter(({ effect, holds }) => effect === 'permits' && holds === allowed);
  if (allowed) return permits.length > 0 ? sentence(permits) : 'you are an administrator';
  return permits.length > 0 ? `only if: ${sentence(permits)}` : 'no rule permits it';
}

/** The operations that the decisions are needed for. */
export const OPERATIONS = Object.freeze([...new Set(ACTIONS.map(({ operation }) => operation))]);

/**
 * Which actions a user has on a task, and why or why not.
 * @param decisions by operation
 * @param enforced false: the rules are switched off, and do not stand in the way
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
