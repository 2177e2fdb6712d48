/** What can be done with a task, in the order in which it is shown. `when` says in which states it makes sense. */
const ACTIONS = [
  { id: 'take', operation: 'task:take', label: 'Take', meaning: 'take it for yourself', when: ({ state }) => state === 'open' || state === 'unclaimed', not: 'it is not free' },
  { id: 'complete', operation: 'task:execute', label: 'Complete', meaning: 'fill in the form and finish it', when: ({ state }) => state === 'assigned', not: 'it is not assigned' },
  { id: 'release', operation: 'task:take', label: 'Release', meaning: 'give it back to the others', when: ({ state }, mine) => state === 'assigned' && mine, not: 'it is not yours' },
  { id: 'assign', operation: 'task:assign', label: 'Assign', meaning: 'hand it to somebody', when: ({ state }) => state !== 'delegated' && state !== 'starting', not: 'it is lent' },
  { id: 'delegate', operation: 'task:delegate', label: 'Lend', meaning: 'lend it to somebody, who gives it back', when: ({ state }) => state === 'assigned', not: 'it is not assigned' },
  { id: 'resolve', operation: 'task:read', label: 'Give back', meaning: 'return it to the one who lent it', when: ({ state, owner }, mine, me) => state === 'delegated' && (mine || owner === me), not: 'it is not lent' },
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
 */
export function taskActions(task, userName, decisions) {
  const mine = task.assignee === userName;
  return ACTIONS.map(({ id, operation, label, meaning, when, not }) => {
    const decision = decisions.get(operation);
    const now = task.state !== 'done' && when(task, mine, userName);
    const why = !now ? (task.state === 'done' ? 'the task is finished' : not) : because(decision);
    return { id, label, meaning, allowed: now && decision.allowed, why };
  });
}
