const USER_TASK = 'bpmn:UserTask';

/** One name, or one of a list: bpmn-server stores a single candidate as a text. */
const among = (field, name) => (Array.isArray(field) ? field.includes(name) : field === name);

function sharesOne(field, names) {
  for (const name of names) if (among(field, name)) return true;
  return false;
}

const isConcerned = (user, item) =>
  item.assignee === user.userName ||
  among(item.candidateUsers, user.userName) ||
  sharesOne(item.candidateGroups, user.userGroups) ||
  item.guard?.owner === user.userName;

const tookPart = (user, item) =>
  item.type === USER_TASK &&
  ((item.guard?.open === true && item.status === 'wait') ||
    isConcerned(user, item) ||
    item.guard?.completedBy === user.userName);

const mayReadInstance = (user, instance) =>
  instance.guard?.startedBy === user.userName || instance.items.some((item) => tookPart(user, item));

/** The task rules as an application would write them by hand, for the operations that are asked here. */
export function ifChain(user, operation, { item, instance }) {
  if ((user.tenantId ?? null) !== (instance.tenantId ?? null)) return false;
  if (user.userGroups.includes('ADMIN')) return true;
  if (item.type !== USER_TASK) return operation === 'task:read' && mayReadInstance(user, instance);
  if (operation === 'task:execute') return item.assignee === user.userName;
  if (item.guard?.open === true || isConcerned(user, item))
    return operation === 'task:read' || operation === 'task:take';
  return operation === 'task:read' && item.guard?.closed === true && item.guard.startedBy === user.userName;
}
