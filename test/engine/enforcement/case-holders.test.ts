import type { Directory, Guard } from 'bpmn-guard';
import { caseModel, CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, type GuardParts } from '../../support/guards.js';
import { task } from '../../support/models.js';

const own = person('own');
const guards = new Guards('embedded');
const NOBODY = { users: [], groups: [] };
const GHOST = { code: 'bad-assignment', message: 'The user "ghost" is not known, and cannot hold a role.' };
const NO_OWNER = { code: 'wrong-state', message: 'A case has an active owner: name another one instead.' };

async function begun(parts: GuardParts): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: { Claim: CLAIM }, ...parts });
  const { id } = await guard.api.engine.start('Claim', {}, own);
  return { guard, id };
}
/** One who knows these people, and who is in the group `staff`; `lost` may be, for all it knows. */
const directory: Directory = {
  find: async (name) => [own, person('hal'), ADMIN_USER].find(({ userName }) => userName === name),
  hasMembers: async (group) => group === 'staff',
};

test('a role is held by users whom the directory knows, at the start of a case and later', async () => {
  const { guard, id } = await begun({ directory });
  const { cases } = guard.as(own);
  expect(
    await refusal(
      guard.api.engine.start('Claim', {}, own, { caseRoles: { participant: { users: ['hal', 'ghost'] } } }),
    ),
  ).toMatchObject({ ...GHOST, code: 'bad-option' });
  expect(await refusal(cases.addToRole(id, 'participant', { users: ['ghost'] }))).toMatchObject(GHOST);
  expect(await refusal(cases.setRole(id, 'participant', { users: ['hal', 'ghost'] }))).toMatchObject(GHOST);
  expect(await cases.addToRole(id, 'participant', { users: ['hal'], groups: ['ghosts'] })).toEqual({
    name: 'participant',
    min: 0,
    users: ['hal'],
    groups: ['ghosts'],
  });
});

test('a holder whom the directory no longer knows does not stand in the way of another', async () => {
  const people = [own, person('hal'), ADMIN_USER, person('old')];
  const leaving: Directory = { find: async (name) => people.find(({ userName }) => userName === name) };
  const { guard, id } = await begun({ directory: leaving });
  const { cases } = guard.as(own);
  await cases.addToRole(id, 'participant', { users: ['old'] });
  people.pop();
  expect(await cases.addToRole(id, 'participant', { users: ['hal'] })).toMatchObject({
    users: ['old', 'hal'],
  });
});

test('an owner is somebody active: a user, or a group that may have members', async () => {
  const { guard, id } = await begun({ directory });
  const { cases } = guard.as(own);
  const owner = (of: object) => cases.setRole(id, 'owner', of);
  for (const held of [{}, { groups: ['ghosts'] }]) expect(await refusal(owner(held))).toMatchObject(NO_OWNER);
  const startWith = (of: object) => guard.api.engine.start('Claim', {}, own, { caseRoles: { owner: of } });
  expect(await refusal(startWith({ groups: ['ghosts'] }))).toMatchObject(NO_OWNER);
  await startWith({ groups: ['staff'] });
  await startWith({});
  await guard.api.cases.setRole(id, 'owner', { groups: ['staff'] }, own);
  expect((await guard.api.cases.roles(id, ADMIN_USER))[0]).toMatchObject({ users: [], groups: ['staff'] });
});

test('while the rules are switched off, a case still has an owner, whoever that is', async () => {
  const { guard, id } = await begun({ env: { ENFORCE_SECURITY: 'false' }, directory });
  const { cases } = guard.as(own);
  expect(await refusal(cases.setRole(id, 'owner', NOBODY))).toMatchObject(NO_OWNER);
  expect(await cases.setRole(id, 'owner', { users: ['ghost'] })).toMatchObject({ users: ['ghost'] });
  expect(await cases.setRole(id, 'owner', { groups: ['ghosts'] })).toMatchObject({ groups: ['ghosts'] });
});

test('the roles of a case are listed with their holders only', async () => {
  const { guard, id } = await begun({});
  const [first, ...more] = await guard.api.cases.roles(id, own);
  expect(first).toEqual({ name: 'owner', min: 0, max: 1, users: ['own'], groups: [] });
  expect(more.map(({ name, users }) => [name, users])).toEqual(
    ['contact', 'participant', 'hr', 'approver'].map((name) => [name, []]),
  );
  await guard.api.engine.terminate(id, ADMIN_USER);
  const later = guard.api.cases.addToRole(id, 'participant', { users: ['hal'] }, ADMIN_USER);
  expect(await refusal(later)).toMatchObject({ code: 'wrong-state', message: 'The instance has ended.' });
});

test('nobody is looked up where the owners stay and become more, and who calls is somebody', async () => {
  const people = [own, ADMIN_USER, person('old')];
  const leaving: Directory = {
    find: async (name) => people.find(({ userName }) => userName === name),
    hasMembers: async () => false,
  };
  const Shared = caseModel('owner, helper', [task('t', { candidateUsers: 'helper' })]);
  const guard = await guards.make({ models: { Shared }, directory: leaving });
  const { id } = await guard.api.engine.start('Shared', {}, own);
  const { cases } = guard.as(ADMIN_USER);
  await cases.setRole(id, 'owner', { users: ['old'] });
  people.pop();
  const old = { users: ['old'], groups: [] };
  expect(await cases.setRole(id, 'owner', old)).toMatchObject(old);
  expect(await cases.addToRole(id, 'owner', { groups: ['ghosts'] })).toMatchObject({
    users: ['old'],
    groups: ['ghosts'],
  });
  expect(await refusal(cases.setRole(id, 'owner', { groups: ['ghosts'] }))).toMatchObject(NO_OWNER);
  expect(await cases.setRole(id, 'owner', { users: ['admin'] })).toMatchObject({
    users: ['admin'],
    groups: [],
  });
  // Another role needs nobody.
  expect(await cases.setRole(id, 'helper', {})).toMatchObject(NOBODY);
});
