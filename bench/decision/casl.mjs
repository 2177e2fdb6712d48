import { AbilityBuilder, createMongoAbility } from '@casl/ability';

const READERS = ['task:read', 'task:take'];
const USER_TASK = { 'item.type': 'bpmn:UserTask' };
const CHOICES = Object.freeze({ detectSubjectType: () => 'Task' });

/**
 * Items other than tasks may be read with their instance. Each is a separate rule, because CASL's
 * conditions have no `$or`.
 */
function withInstance(userName, userGroups) {
  const ofTask = [
    { 'guard.open': true, status: 'wait' },
    { assignee: userName },
    { candidateUsers: userName },
    { candidateGroups: { $in: userGroups } },
    { 'guard.owner': userName },
    { 'guard.completedBy': userName },
  ];
  return [
    { 'instance.guard.startedBy': userName },
    ...ofTask.map((condition) => ({
      'instance.items': { $elemMatch: { type: 'bpmn:UserTask', ...condition } },
    })),
  ];
}

/** The task rules as the rules of @casl/ability, for one user. */
export function abilityOf({ userName, userGroups, tenantId }) {
  const { can, cannot, build } = new AbilityBuilder(createMongoAbility);
  if (userGroups.includes('ADMIN')) can('manage', 'Task');
  else {
    can(READERS, 'Task', { ...USER_TASK, 'item.guard.open': true });
    can([...READERS, 'task:execute'], 'Task', { ...USER_TASK, 'item.assignee': userName });
    can(READERS, 'Task', { ...USER_TASK, 'item.candidateUsers': userName });
    can(READERS, 'Task', { ...USER_TASK, 'item.candidateGroups': { $in: userGroups } });
    can(READERS, 'Task', { ...USER_TASK, 'item.guard.owner': userName });
    can('task:read', 'Task', { ...USER_TASK, 'item.guard.closed': true, 'item.guard.startedBy': userName });
    for (const condition of withInstance(userName, userGroups))
      can('task:read', 'Task', { 'item.type': { $ne: 'bpmn:UserTask' }, ...condition });
  }
  cannot('manage', 'Task', { 'instance.tenantId': { $ne: tenantId } });
  return build(CHOICES);
}

/** Asks @casl/ability; the abilities are kept by user, as its documentation advises. */
export function createCasl() {
  const abilities = new Map();
  return (user, operation, resource) => {
    let ability = abilities.get(user);
    if (ability === undefined) abilities.set(user, (ability = abilityOf(user)));
    return ability.can(operation, resource);
  };
}
