import {
  createGuard,
  openStore,
  parseCondition,
  userAdmin,
  userDirectory,
  type DirectoryUser,
  type Guard,
  type Policy,
  type UserAdmin,
  type UserDirectory,
  type UserInfo,
} from 'bpmn-guard';
import { ADMIN_USER, person, refusal, SILENT } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const MODEL = model([start(), task('t', { assignee: 'ann' }), end()]);
const PASSWORD = 'correct horse battery';
const [hank, boss, carl] = [person('hank'), person('boss'), person('carl')];

/** An application that lets its group hr administer. */
const HR: Policy = {
  name: 'hr',
  answer: ({ userGroups }, operation) =>
    operation === 'system:policy' && userGroups.includes('hr')
      ? { permissive: [{ id: 'hr', says: 'hr administers', when: parseCondition({}) }] }
      : {},
};

let directory: UserDirectory;
let guard: Guard;
let admin: UserAdmin;
const rolesOf = () => guard.as(ADMIN_USER).policies.securityRoles;
const role = async (name: string, rights: readonly string[], ...to: UserInfo[]): Promise<void> => {
  await rolesOf().save(name, { rights } as never);
  for (const { userName } of to) await rolesOf().give(name, { user: userName });
};
const code = async (work: Promise<unknown>): Promise<string> => (await refusal(work)).code;

beforeEach(async () => {
  const store = await openStore({ memory: true });
  directory = userDirectory(store);
  guard = await createGuard({ env: {}, store, directory, policies: [HR], logger: SILENT });
  admin = userAdmin(guard, directory);
  for (const [userName, ...userGroups] of [
    ['admin', 'ADMIN'],
    ['hank', 'hr'],
    ['boss', 'hr'],
    ['carl'],
    ['ann', 'hr'],
  ] as const)
    await directory.add({ userName, userGroups }, PASSWORD);
});
afterEach(() => guard.close());

const listed = async (name: string): Promise<DirectoryUser> =>
  (await admin.list(ADMIN_USER)).find(({ userName }) => userName === name) as DirectoryUser;

describe('a change of several facts of a user', () => {
  test('is made at once, or not at all', async () => {
    const seen = await listed('carl');
    await admin.change(seen, { userGroups: ['x'], attributes: { a: 1 } }, ADMIN_USER);
    const carl_ = await listed('carl');
    expect(carl_).toMatchObject({ userGroups: ['x'], attributes: { a: 1 } });
    for (const changes of [
      { userGroups: ['y'], attributes: { rights: ['Nothing'] } },
      { userGroups: ['SYSTEM'], attributes: {} },
      { userGroups: ['y'], disabled: true },
    ])
      expect(['bad-request', 'forbidden']).toContain(
        await code(admin.change(carl_, changes as never, ADMIN_USER)),
      );
    expect(await listed('carl')).toEqual(carl_);
    await admin.change(carl_, { attributes: {} }, ADMIN_USER);
    expect(await listed('carl')).toMatchObject({ userGroups: ['x'], attributes: {} });
  });

  test('is refused if somebody has changed the user since', async () => {
    const seen = await listed('carl');
    await admin.setAttributes('carl', { supervisor: 'ann' }, ADMIN_USER);
    expect(await code(admin.change(seen, { userGroups: ['x'] }, ADMIN_USER))).toBe('conflict');
    expect(await listed('carl')).toMatchObject({ userGroups: [], attributes: { supervisor: 'ann' } });
    await admin.change(await listed('carl'), { userGroups: ['x'] }, ADMIN_USER);
  });
});

/** Each way to come by what boss holds. */
const WAYS: readonly [string, () => Promise<unknown>][] = [
  ['the password of one who holds it', () => admin.setPassword('boss', 'a stolen password', hank)],
  ['the group that holds it', () => admin.setGroups('hank', ['hr', 'managers'], hank)],
  [
    'a new user in that group',
    () => admin.add({ userName: 'new', userGroups: ['managers'], password: 'a first pass phrase' }, hank),
  ],
  [
    'a new user of a name that holds it',
    () => admin.add({ userName: 'later', password: 'a first pass phrase' }, hank),
  ],
  ['enabling one who holds it', () => admin.enable('gone', hank)],
  [
    'that group, with attributes',
    async () => admin.change(await listed('hank'), { userGroups: ['hr', 'managers'], attributes: {} }, hank),
  ],
  ['the right itself', () => admin.setAttributes('hank', { rights: ['SecurityRole:Manage'] }, hank)],
];

describe('managing users gives the manager nothing more', () => {
  beforeEach(async () => {
    await role('managers', ['SecurityRole:Manage', 'Todo:Read_All'], boss, person('later'), person('gone'));
    await rolesOf().give('managers', { group: 'managers' });
    await role('hr', ['SecurityRole:Read', 'Person:Manage'], hank);
    await directory.add({ userName: 'gone', userGroups: [] }, PASSWORD);
    await directory.change('gone', { disabled: true });
  });

  test.each(WAYS)('not by %s', async (_way, work) => {
    const before = await directory.list();
    const refused = await refusal(work());
    expect(refused.code).toBe('forbidden');
    expect(refused.message).toMatch(/SecurityRole:Manage|Todo:Read_All/);
    expect(await directory.list()).toEqual(before);
    await directory.change('hank', { userGroups: ['hr', 'managers'] });
    await work();
  });

  test('neither by a group nor an attribute that no policy of the guard names, which models and rules may', async () => {
    for (const work of [
      () => admin.setGroups('hank', ['hr', 'finance'], hank),
      () => admin.add({ userName: 'new', userGroups: ['finance'], password: 'a first pass phrase' }, hank),
      () => admin.setAttributes('hank', { limit: 1000 }, hank),
      () =>
        admin.add({ userName: 'new', attributes: { limit: 1000 }, password: 'a first pass phrase' }, hank),
    ])
      expect(await code(work())).toBe('forbidden');
    await directory.change('hank', { userGroups: ['hr', 'finance'], attributes: { limit: 1000 } });
    await admin.add({ userName: 'new', userGroups: ['finance'], attributes: { limit: 1000 } }, hank);
    expect(await code(admin.setAttributes('hank', {}, hank))).toBe('forbidden');
    expect(await code(admin.setAttributes('new', { limit: 2000 }, hank))).toBe('forbidden');
    await admin.setAttributes('carl', { limit: 1000 }, hank);
  });

  test('nor by one to whom a section, or the grid, gives more by name', async () => {
    const { sections, grid } = guard.as(ADMIN_USER).policies;
    await guard.api.model.save('M', MODEL, null, ADMIN_USER);
    await sections.create('s');
    const steal = () => admin.setPassword('carl', 'a stolen password', hank);
    await steal();
    await sections.permissions.give({ section: 's' }, { user: 'carl' }, ['write']);
    expect((await refusal(steal())).message).toContain('write');
    await sections.permissions.give({ section: 'ROOT' }, { user: 'hank' }, ['write']);
    await steal();
    await grid.save('a', {
      effect: 'Allow',
      users: { user: 'carl' },
      privilege: 'View',
      on: { process: 'M' },
    });
    expect((await refusal(steal())).message).toContain('"a"');
    await grid.save('b', {
      effect: 'Allow',
      users: { user: 'hank' },
      privilege: 'View',
      on: { process: 'M' },
    });
    expect(await code(steal())).toBe('forbidden');
    await grid.remove('a');
    await steal();
    const barred = { effect: 'Restrict', users: { group: 'hr' }, privilege: 'View', on: 'system' } as const;
    await grid.save('c', barred);
    expect((await refusal(admin.setGroups('hank', [], hank))).message).toContain('"c"');
  });

  test('taking away is possible, except from administrators; so is what the manager holds too', async () => {
    await rolesOf().give('managers', { user: 'admin' });
    await admin.disable('boss', hank);
    await admin.setGroups('boss', [], hank);
    expect(await directory.find('boss')).toMatchObject({ disabled: true, userGroups: [] });
    await admin.setGroups('carl', ['hr'], hank);
    await admin.setPassword('ann', 'another password', hank);
    expect(await code(admin.disable('admin', hank))).toBe('forbidden');
  });

  test('an administrator gives all, except an internal right that it does not hold', async () => {
    const system = guard.as(person('root', 'SYSTEM')).policies.securityRoles;
    await directory.add({ userName: 'root', userGroups: ['SYSTEM'] });
    await system.save('testers', { rights: ['Testing:All'] }, { allowInternal: true });
    await system.give('testers', { group: 'testers' }, { allowInternal: true });
    await admin.setPassword('boss', 'another password', ADMIN_USER);
    await admin.setGroups('carl', ['managers', 'finance'], ADMIN_USER);
    expect((await refusal(admin.setGroups('carl', ['testers'], ADMIN_USER))).message).toContain(
      'Testing:All',
    );
    await admin.setGroups('carl', ['testers'], person('root'));
  });
});

describe('the rights about persons', () => {
  test('without a security role, system:policy is what it takes, and everybody changes their own password', async () => {
    expect((await admin.list(hank)).length).toBe(5);
    expect(await code(admin.list(carl))).toBe('forbidden');
    await admin.changeOwnPassword(PASSWORD, 'another password', carl);
  });

  test('with one, reading takes Person:Read or Person:Manage, changing takes Person:Manage; they open it', async () => {
    await role('readers', ['Person:Read'], carl);
    await role('policies', ['SecurityRole:Read'], hank);
    expect((await admin.list(carl)).length).toBe(5);
    const changes = (by: UserInfo): (() => Promise<unknown>)[] => [
      () => admin.add({ userName: 'new' }, by),
      () => admin.setAttributes('new', {}, by),
      () => admin.setGroups('new', [], by),
      () => admin.setPassword('new', 'a first pass phrase', by),
      () => admin.disable('new', by),
      () => admin.enable('new', by),
    ];
    for (const by of [carl, hank])
      for (const change of changes(by)) expect((await refusal(change())).message).toContain('Person:Manage');
    expect((await refusal(admin.list(hank))).message).toContain('Person:Read');
    await role('managers', ['Person:Manage'], carl);
    await rolesOf().withdraw('readers', { user: 'carl' });
    expect((await admin.list(carl)).length).toBe(5);
    for (const change of changes(carl)) await change();
    expect(await code(guard.as(carl).policies.read())).toBe('forbidden');
  });

  test('with one, their own password takes Person:Change_Own_Password', async () => {
    await role('own', ['Person:Change_Own_Password'], carl);
    await admin.changeOwnPassword(PASSWORD, 'another password', carl);
    const compared = jest.fn(directory.verify);
    const own = userAdmin(guard, { ...directory, verify: compared });
    expect((await refusal(own.changeOwnPassword(PASSWORD, 'another password', hank))).message).toContain(
      'Person:Change_Own_Password',
    );
    // No password is hashed for somebody who is refused anyway.
    expect(compared).not.toHaveBeenCalled();
    expect(await directory.verify('hank', PASSWORD)).toMatchObject({ userName: 'hank' });
    await admin.changeOwnPassword(PASSWORD, 'another password', ADMIN_USER);
  });
});

describe('somebody is left who may manage security roles', () => {
  test('the last one is neither disabled nor taken out of the group that manages', async () => {
    await rolesOf().save('managers', { rights: ['SecurityRole:Manage'] });
    await rolesOf().give('managers', { group: 'hr' });
    await admin.disable('hank', ADMIN_USER);
    await admin.setGroups('boss', [], ADMIN_USER);
    for (const work of [
      () => admin.disable('ann', ADMIN_USER),
      () => admin.setGroups('ann', ['it'], ADMIN_USER),
    ])
      expect(await refusal(work())).toMatchObject({ code: 'wrong-state', status: 409 });
    expect(await directory.find('ann')).toMatchObject({ disabled: false, userGroups: ['hr'] });
    await rolesOf().give('managers', { user: 'carl' });
    await admin.disable('ann', ADMIN_USER);
    expect(await code(admin.disable('carl', ADMIN_USER))).toBe('wrong-state');
    await admin.disable('boss', ADMIN_USER);
  });
});

describe('while a password is hashed', () => {
  /** Something happens once the rights were looked at and before the password is hashed. */
  const meanwhile = (happens: () => Promise<unknown>): UserAdmin =>
    userAdmin(guard, {
      ...directory,
      add: async (...args) => (await happens(), directory.add(...args)),
      setPassword: async (...args) => (await happens(), directory.setPassword(...args)),
    });

  test.each<[what: string, change: () => Promise<unknown>, refused: string]>([
    ['is disabled', () => directory.change('hank', { disabled: true }), 'unauthenticated'],
    ['leaves the group', () => directory.change('hank', { userGroups: [] }), 'forbidden'],
    ['goes to another tenant', () => directory.change('hank', { tenantId: 'acme' }), 'forbidden'],
  ])('who %s neither adds a user nor sets a password', async (_what, change, refused) => {
    const { add, setPassword } = meanwhile(change);
    expect(await code(add({ userName: 'new', password: 'a first pass phrase' }, hank))).toBe(refused);
    expect(await directory.find('new')).toBeUndefined();
    await directory.change('hank', { disabled: false, userGroups: ['hr'], tenantId: null });
    const same = refused === 'forbidden' ? expect.stringMatching(/forbidden|not-found/) : refused;
    expect(await code(setPassword('carl', 'a stolen password', hank))).toEqual(same);
    expect(await directory.verify('carl', PASSWORD)).toMatchObject({ userName: 'carl' });
  });

  test('who loses the right to change their own password does not change it', async () => {
    await role('own', ['Person:Change_Own_Password'], carl);
    const { changeOwnPassword } = meanwhile(() => rolesOf().withdraw('own', { user: 'carl' }));
    expect(await code(changeOwnPassword(PASSWORD, 'another password', carl))).toBe('forbidden');
    expect(await directory.verify('carl', PASSWORD)).toMatchObject({ userName: 'carl' });
  });

  test('who is removed learns that their own password was not set', async () => {
    const { changeOwnPassword } = meanwhile(() => directory.remove('carl'));
    expect(await code(changeOwnPassword(PASSWORD, 'another password', carl))).toBe('not-found');
  });
});
