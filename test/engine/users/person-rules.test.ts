import { createGuard, openStore, userDirectory, type Guard } from 'bpmn-guard';
import { refusal, SILENT } from '../../support/guards.js';

describe('An administration of an application of its own', () => {
  const users = [
    { userName: 'sys', userGroups: ['SYSTEM'] },
    { userName: 'amy', userGroups: ['ADMIN'], tenantId: 'A' },
    { userName: 'max', userGroups: [], tenantId: 'A' },
    { userName: 'bea', userGroups: ['ADMIN'], tenantId: 'B' },
  ];
  const [, amy, max, bea] = users as [object, (typeof users)[1], (typeof users)[2], (typeof users)[3]];
  let guard: Guard;
  beforeEach(async () => {
    const store = await openStore({ memory: true });
    const directory = userDirectory(store);
    for (const user of users) await directory.add(user);
    guard = await createGuard({ env: {}, store, directory, logger: SILENT });
  });
  afterEach(() => guard.close());

  const change = async (
    by: string,
    ...states: Parameters<Guard['identity']['persons']['assertMayChange']> extends [unknown, ...infer Rest]
      ? Rest
      : never
  ): Promise<void> =>
    guard.identity.persons.assertMayChange(await guard.identity.establish({ userName: by }), ...states);

  test.each([
    ['a new user', undefined, { userName: 'new', userGroups: ['ADMIN'], tenantId: 'B' }],
    ['a new password', undefined, bea],
    ['a user who moves there', max, { ...max, tenantId: 'B' }],
    ['a user who comes from there', { ...max, tenantId: 'B' }, max],
    ['a user without a tenant', undefined, { userName: 'new', userGroups: [] }],
  ])('refuses administrators of another tenant: %s', async (_what, from, to) => {
    expect(await refusal(change('amy', from, to))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('another tenant'),
    });
    await change('sys', from, to);
  });

  test('asks who is left in the tenant from which a user moves', async () => {
    const { securityRoles } = guard.as(amy).policies;
    await securityRoles.save('keeper', { rights: ['SecurityRole:Manage'] });
    await securityRoles.give('keeper', { user: 'max' });
    await guard.store.users.update('amy', { userGroups: [] }, undefined);
    expect(await refusal(change('sys', max, { ...max, tenantId: 'B' }))).toMatchObject({
      code: 'wrong-state',
    });
    await change('sys', bea, { ...bea, tenantId: 'A' });
  });
});
