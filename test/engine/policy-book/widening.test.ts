import {
  openStore,
  parseCondition,
  userDirectory,
  type GuardApi,
  type Policy,
  type UserInfo,
} from 'bpmn-guard';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';

/** Who may change policies by a rule of the application, and holds nothing else. */
const hank = person('hank', 'hr');
const HR: Policy = {
  name: 'hr',
  answer: ({ userGroups }, operation) =>
    operation === 'system:policy' && userGroups.includes('hr')
      ? { permissive: [{ id: 'hr', says: 'hr changes policies', when: parseCondition({}) }] }
      : {},
};
const DUTY = { duty: 'not-initiator', model: 'Claim' } as const;

const guards = new Guards('embedded');
const code = async (work: Promise<unknown>): Promise<string> => (await refusal(work)).code;

/** Changes that let somebody do or see more, by each of the calls that make them. */
const WIDER: readonly [string, (api: GuardApi) => Promise<unknown>][] = [
  ['roles of an operation', ({ policies }) => policies.caseOperations.save('CANCEL_CASE', ['participant'])],
  ['the default of an operation', ({ policies }) => policies.caseOperations.reset('ADD_DATA')],
  [
    'a file of operations',
    ({ policies }) => policies.caseOperations.load('MODIFY_ROLE_ASSIGNMENT=participant'),
  ],
  [
    'roles of a field',
    ({ policies }) => policies.caseFields.save('data.pay', { roles: ['owner', 'contact'] }),
  ],
  [
    'fewer models of a field',
    ({ policies }) => policies.caseFields.save('data.pay', { roles: ['owner'], models: ['Claim'] }),
  ],
  ['no limit of a field', ({ policies }) => policies.caseFields.remove('data.pay')],
  ['another duty', ({ policies }) => policies.duties.save('d', { ...DUTY, tasks: ['approve'] })],
  ['no duty', ({ policies }) => policies.duties.remove('d')],
  ['changes of any kind', ({ policies }) => policies.apply([{ kind: 'duty', id: 'd', value: null }])],
  [
    'a policy text',
    ({ policies }) => policies.import('cases:\n  operations:\n    CANCEL_CASE: [participant]\n'),
  ],
];

const NARROWER: typeof WIDER = [
  ['fewer roles of an operation', ({ policies }) => policies.caseOperations.save('CANCEL_CASE', ['owner'])],
  ['roles of an operation for all', ({ policies }) => policies.caseOperations.save('REMOVE_DATA', ['owner'])],
  ['fewer roles of a field', ({ policies }) => policies.caseFields.save('data.pay', { roles: [] })],
  ['a limit of a field', ({ policies }) => policies.caseFields.save('data.iban', { roles: ['owner'] })],
  ['a duty', ({ policies }) => policies.duties.save('e', DUTY)],
];

async function stage() {
  const guard = await guards.make({ models: { Claim: CLAIM }, policies: [HR] });
  const { policies } = guard.as(ADMIN_USER);
  await policies.caseOperations.save('ADD_DATA', ['owner']);
  await policies.caseFields.save('data.pay', { roles: ['owner'] });
  await policies.duties.save('d', DUTY);
  return guard;
}

test.each(WIDER)('%s: only ADMIN permits more to others', async (_what, work) => {
  const guard = await stage();
  const before = (await guard.as(ADMIN_USER).policies.read()).entries;
  expect(await refusal(work(guard.as(hank)))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('only ADMIN') as unknown,
  });
  expect((await guard.as(ADMIN_USER).policies.read()).entries).toEqual(before);
  await work(guard.as(ADMIN_USER));
});

test('who may change policies narrows them; with a security role, changing takes SecurityRole:Manage', async () => {
  const guard = await stage();
  for (const [, work] of NARROWER) await work(guard.as(hank));
  const { securityRoles } = guard.as(ADMIN_USER).policies;
  await securityRoles.save('readers', { rights: ['SecurityRole:Read'] });
  await securityRoles.give('readers', { group: 'hr' });
  const more = guard.as(hank).policies.duties.save('f', DUTY);
  expect((await refusal(more)).message).toContain('SecurityRole:Manage');
  await guard.as(hank).policies.read();
  await securityRoles.save('managers', { rights: ['SecurityRole:Manage'] });
  await securityRoles.give('managers', { group: 'hr' });
  await guard.as(hank).policies.duties.save('f', DUTY);
});

test('a participant who may change policies does not make himself the owner of a case by them', async () => {
  const guard = await stage();
  const { id } = await guard.as(person('ann')).engine.start('Claim', {}, undefined, {
    caseRoles: { participant: { users: ['hank'] } },
  });
  const api = guard.as(hank);
  expect(await code(api.policies.caseOperations.save('MODIFY_ROLE_ASSIGNMENT', ['participant']))).toBe(
    'forbidden',
  );
  expect(await code(api.cases.setRole(id, 'owner', { users: ['hank'] }))).toBe('forbidden');
  expect(await code(api.engine.terminate(id))).toBe('forbidden');
});

test('only ADMIN adds a strict duty, which binds ADMIN', async () => {
  const guard = await guards.make({ policies: [HR], models: { Claim: CLAIM } });
  const duty = { ...DUTY, tasks: ['ask'] };
  const [{ duties, apply }, admin] = [guard.as(hank).policies, guard.as(ADMIN_USER).policies];
  const value = { ...duty, strict: true };
  expect(await refusal(duties.save('s', value))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('only ADMIN') as string,
  });
  expect(await code(apply([{ kind: 'duty', id: 's', value }]))).toBe('forbidden');
  await duties.save('s', duty);
  expect(await code(duties.save('s', value))).toBe('forbidden');
  await admin.duties.save('s', value);
});

test('only ADMIN removes the last security role, without which rights restrict nobody', async () => {
  const guard = await guards.make();
  const roles = guard.as(ADMIN_USER).policies.securityRoles;
  await roles.save('only', { rights: ['Signal:Send'] });
  const mia = { userName: 'mia', attributes: { rights: ['SecurityRole:Manage'] } };
  expect(await code(guard.as(mia).policies.securityRoles.remove('only'))).toBe('forbidden');
  await roles.remove('only');
});

test('the last active owner of a case does not hand it to a group without members', async () => {
  const store = await openStore({ memory: true });
  const directory = userDirectory(store);
  for (const [userName, ...userGroups] of [['ann'], ['ben', 'staff'], ['admin', 'ADMIN']] as const)
    await directory.add({ userName, userGroups });
  const { guard } = await guards.open({
    directory,
    models: { Claim: CLAIM },
    place: { kind: 'embedded', options: store as never, remove: async () => undefined },
  });
  const { cases, engine } = guard.as(person('ann'));
  const { id } = await engine.start('Claim', {});
  await cases.addToRole(id, 'participant', { users: ['ann'] });
  expect(await refusal(cases.setRole(id, 'owner', { groups: ['nobody is in it'] }))).toMatchObject({
    code: 'wrong-state',
    status: 409,
  });
  expect((await cases.roles(id)).find(({ name }) => name === 'owner')).toMatchObject({ users: ['ann'] });
  await cases.setRole(id, 'owner', { groups: ['staff'] });
  await directory.change('ben', { disabled: true });
  const admin = guard.as(ADMIN_USER).cases;
  expect(await code(admin.setRole(id, 'owner', { users: ['ben'] }))).toBe('bad-assignment');
  expect(await code(admin.setRole(id, 'owner', { groups: ['none'] }))).toBe('wrong-state');
  await admin.setRole(id, 'owner', { users: ['ann'] });
});

test('nor does a case start with an owner whom nobody is, whoever starts it', async () => {
  const store = await openStore({ memory: true });
  const directory = userDirectory(store);
  for (const [userName, ...userGroups] of [
    ['ann'],
    ['ben', 'staff'],
    ['admin', 'ADMIN'],
    ['root', 'SYSTEM'],
  ] as const)
    await directory.add({ userName, userGroups });
  const { guard } = await guards.open({
    directory,
    models: { Claim: CLAIM },
    place: { kind: 'embedded', options: store as never, remove: async () => undefined },
  });
  const startOwnedBy = (by: UserInfo, owner: object) =>
    guard.as(by).engine.start('Claim', {}, { caseRoles: { owner } } as never);
  for (const by of [person('ann'), ADMIN_USER, person('root', 'SYSTEM')]) {
    expect(await refusal(startOwnedBy(by, { groups: ['memberless'] }))).toMatchObject({
      code: 'wrong-state',
      status: 409,
    });
    expect(await code(startOwnedBy(by, { users: ['gone'] }))).toBe('bad-option');
    await startOwnedBy(by, { groups: ['staff'] });
    await startOwnedBy(by, { users: ['ben'] });
  }
  const { id } = await startOwnedBy(person('ann'), {});
  expect((await guard.as(person('ann')).cases.roles(id)).at(0)).toMatchObject({ users: ['ann'] });
  await directory.change('ben', { disabled: true });
  expect(await code(startOwnedBy(person('ann'), { groups: ['staff'] }))).toBe('wrong-state');
});
