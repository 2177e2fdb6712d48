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

  test.each<[string, unknown]>([
    ['a right of the application', ['vip']],
    ['a name that is no list', 'Todo:Read_All'],
    ['an object', { a: 1 }],
    ['a number', [1]],
  ])('refuses, in the attribute of rights, %s, for which rules and models may ask', async (_what, rights) => {
    const [given, other] = [
      { ...max, attributes: { rights } },
      { ...max, userName: 'new' },
    ];
    for (const from of [undefined, max])
      expect(await refusal(change('max', from, given))).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('attribute "rights"') as string,
      });
    await change('amy', max, given);
    // Who has it keeps it, and may lose it; what nobody gives is given.
    await change('max', given, given);
    await change('max', given, max);
    await change('max', undefined, { ...other, attributes: { rights: [] } });
  });

  test('lets names in the attribute of rights be taken away one by one', async () => {
    const of = (...rights: string[]) => ({ ...max, attributes: { rights } });
    await change('max', of('vip', 'gold'), of('gold'));
    await change('max', of('vip', 'gold'), of('gold', 'vip'));
    await change('max', of('vip', 'gold'), of());
    expect(await refusal(change('max', of('vip'), of('gold')))).toMatchObject({ code: 'forbidden' });
  });

  test('refuses a change of who manages within another at once, and admits others there', async () => {
    const { securityRoles } = guard.as(amy).policies;
    for (const name of ['first', 'second'])
      await securityRoles.save(name, { rights: ['SecurityRole:Manage'] });
    await securityRoles.give('first', { user: 'amy' });
    await securityRoles.give('first', { user: 'max' });
    const { persons, establish } = guard.identity;
    const by = await establish(amy);
    const within = {
      message: expect.stringContaining('under way here') as string,
      code: 'wrong-state',
    };
    await persons.alone(by, async (principal) => {
      expect(await refusal(securityRoles.withdraw('first', { user: 'amy' }))).toMatchObject(within);
      expect(await refusal(persons.alone(principal, async () => undefined))).toMatchObject(within);
      await securityRoles.give('second', { user: 'max' });
    });
    await securityRoles.withdraw('first', { user: 'amy' });
    const left = await persons.alone(by, async () => ({
      later: () => securityRoles.withdraw('first', { user: 'max' }),
    }));
    await left.later();
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
