import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';

const MODEL = `
[request_definition]
r = sub, act, obj

[policy_definition]
p = act, rule

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.act == p.act && r.sub.tenantId == r.obj.instance.tenantId && eval(p.rule)
`;

const TASK = "r.obj.item.type == 'bpmn:UserTask'";
const READERS = [
  'r.obj.item.guard.open == true',
  'r.obj.item.assignee == r.sub.userName',
  'among(r.obj.item.candidateUsers, r.sub.userName)',
  'overlap(r.obj.item.candidateGroups, r.sub.userGroups)',
  'r.obj.item.guard.owner == r.sub.userName',
];
const STUCK = 'r.obj.item.guard.closed == true && r.obj.item.guard.startedBy == r.sub.userName';
const RULES = {
  'task:read': [
    ...READERS.map((rule) => `${TASK} && ${rule}`),
    `${TASK} && ${STUCK}`,
    'comesWithInstance(r.sub, r.obj)',
  ],
  'task:take': READERS.map((rule) => `${TASK} && ${rule}`),
  'task:execute': [`${TASK} && r.obj.item.assignee == r.sub.userName`],
};

const among = (field, name) => (Array.isArray(field) ? field.includes(name) : field === name);
const overlap = (field, names) => names.some((name) => among(field, name));
const readsItem = (
  { userName, userGroups },
  { type, status, assignee, candidateUsers, candidateGroups, guard },
) =>
  type === 'bpmn:UserTask' &&
  ((guard.open === true && status === 'wait') ||
    assignee === userName ||
    among(candidateUsers, userName) ||
    overlap(candidateGroups, userGroups) ||
    guard.owner === userName ||
    guard.completedBy === userName);
const comesWithInstance = (user, { item, instance }) =>
  item.type !== 'bpmn:UserTask' &&
  (instance.guard.startedBy === user.userName || instance.items.some((entry) => readsItem(user, entry)));

/** casbin: one enforcer with the task rules as attribute rules, evaluated synchronously, which is fastest. */
export async function createCasbin() {
  const lines = Object.entries(RULES).flatMap(([act, rules]) =>
    ["among(r.sub.userGroups, 'ADMIN')", ...rules].map((rule) => `p, ${act}, "${rule}"`),
  );
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(lines.join('\n')));
  for (const [name, check] of Object.entries({ among, overlap, comesWithInstance }))
    await enforcer.addFunction(name, check);
  return (user, operation, resource) => enforcer.enforceSync(user, operation, resource);
}

const BY_FUNCTION = `
[request_definition]
r = sub, act, obj

[policy_definition]
p = act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = permitted(r.sub, r.act, r.obj)
`;

/** casbin in its fastest form: one registered function decides, and nothing is left for it to interpret. */
export async function createCasbinFunction(permitted) {
  const enforcer = await newEnforcer(newModelFromString(BY_FUNCTION), new StringAdapter('p, any'));
  await enforcer.addFunction('permitted', permitted);
  return (user, operation, resource) => enforcer.enforceSync(user, operation, resource);
}
