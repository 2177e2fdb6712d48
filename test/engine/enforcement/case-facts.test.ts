import { SecureUser, type Directory } from 'bpmn-guard';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';

const own = person('own');
const guards = new Guards('embedded');
const GHOST = 'The user "ghost" is not known, and cannot hold a role.';

test('the roles of a model that a host without a guard has stored are those that its source declares', async () => {
  const guard = await guards.make();
  await guard.store.models.put({ name: 'Claim', owner: null, source: CLAIM } as never);
  const begin = (caseRoles: object) => guard.api.engine.start('Claim', {}, own, { caseRoles } as never);
  expect(await refusal(begin({ boss: { users: ['own'] } }))).toMatchObject({
    code: 'bad-option',
    message: expect.stringContaining('boss') as string,
  });
  const { id } = await begin({ owner: { users: ['own'] }, contact: { users: ['hal'] } });
  expect((await guard.api.cases.roles(id, own)).slice(0, 2)).toMatchObject([
    { name: 'owner', users: ['own'] },
    { name: 'contact', users: ['hal'] },
  ]);
});

test('a role is held by people of the tenant of the case', async () => {
  const of = (userName: string, tenantId: string, ...userGroups: string[]) =>
    new SecureUser({ userName, userGroups, tenantId });
  const people = [of('admin', 'acme', 'ADMIN'), of('own', 'acme'), of('hal', 'acme'), of('ghost', 'globex')];
  const asked: unknown[] = [];
  const directory: Directory = {
    find: async (name) => people.find(({ userName }) => userName === name),
    hasMembers: async (...question) => {
      asked.push(question);
      return question[0] === 'staff';
    },
  };
  const guard = await guards.make({ directory });
  const [admin, starter] = people as [SecureUser, SecureUser];
  await guard.api.model.save('Claim', CLAIM, null, admin);
  const begin = (caseRoles: object) => guard.api.engine.start('Claim', {}, starter, { caseRoles } as never);
  const contact = (name: string) => ({ contact: { users: [name] } });
  expect(await refusal(begin(contact('ghost')))).toMatchObject({ code: 'bad-option', message: GHOST });
  // The starter has no need to be looked up.
  await begin(contact('own'));
  const { id } = await begin(contact('hal'));
  const { cases } = guard.as(starter);
  expect(await refusal(cases.addToRole(id, 'participant', { users: ['ghost'] }))).toMatchObject({
    code: 'bad-assignment',
    message: GHOST,
  });
  expect(await cases.addToRole(id, 'participant', { users: ['hal'] })).toMatchObject({ users: ['hal'] });
  await begin({ owner: { groups: ['staff'] } });
  expect(asked).toEqual([['staff', 'acme']]);
  expect(await refusal(begin({ owner: { groups: ['ghosts'] } }))).toMatchObject({
    code: 'wrong-state',
    message: 'A case has an active owner: name another one instead.',
  });
  expect(await cases.setRole(id, 'owner', { users: ['hal'] })).toMatchObject({ users: ['hal'] });
});

test('a program may own a case, and who changes the owner may become it', async () => {
  const directory: Directory = {
    find: async (name) => [own, ADMIN_USER].find(({ userName }) => userName === name),
  };
  const guard = await guards.make({ models: { Claim: CLAIM }, directory });
  const begin = (users: string[]) =>
    guard.api.engine.start('Claim', {}, own, { caseRoles: { owner: { users } } });
  const { id } = await begin(['own']);
  for (const users of [['key:crm'], ['ghost']])
    expect(await refusal(begin(users))).toMatchObject({ code: 'bad-option' });
  expect(await guard.api.cases.setRole(id, 'owner', { users: ['admin'] }, ADMIN_USER)).toMatchObject({
    users: ['admin'],
  });
});
