const USER_TASK = 'bpmn:UserTask';

/** One name, or one of a list: bpmn-server stores a single candidate as a text. */
const among = (field, name) => (Array.isArray(field) ? field.includes(name) : field === name);

function sharesOne(field, names) {
  for (const name of names) if (among(field, name)) return true;
  return false;
}

const isCandidate = (user, item) =>
  among(item.candidateUsers, user.userName) || sharesOne(item.candidateGroups, user.userGroups);

const isConcerned = (user, item) =>
  item.assignee === user.userName || isCandidate(user, item) || item.guard?.owner === user.userName;

const isStuckFor = (user, item) => item.guard?.closed === true && item.guard.startedBy === user.userName;

/** Who has rejected a task finds it only if it came to them after all. */
const isFound = (user, item) =>
  !among(item.guard?.rejectedBy, user.userName) ||
  item.assignee === user.userName ||
  item.guard.owner === user.userName ||
  (item.type === USER_TASK && isStuckFor(user, item));

const tookPart = (user, item) =>
  item.type === USER_TASK &&
  (item.assignee === user.userName ||
    item.guard?.owner === user.userName ||
    item.guard?.completedBy === user.userName ||
    (((item.guard?.open === true && item.status === 'wait') || isCandidate(user, item)) &&
      !among(item.guard?.rejectedBy, user.userName)));

const mayReadInstance = (user, instance) =>
  instance.guard?.startedBy === user.userName || instance.items.some((item) => tookPart(user, item));

/** The task rules as an application would write them by hand, for the operations of this benchmark. */
export function ifChain(user, operation, { item, instance }) {
  if ((user.tenantId ?? null) !== (instance.tenantId ?? null)) return false;
  if (user.userGroups.includes('ADMIN')) return true;
  if (operation === 'task:execute') return item.type === USER_TASK && item.assignee === user.userName;
  if (!isFound(user, item)) return false;
  if (item.type !== USER_TASK) return operation === 'task:read' && mayReadInstance(user, instance);
  if (item.guard?.open === true || isConcerned(user, item)) return true;
  return operation === 'task:read' && isStuckFor(user, item);
}
