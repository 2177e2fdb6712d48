import * as crypto from 'node:crypto';
import {
  createGuard,
  openStore,
  type Policy,
  userAdmin,
  userDirectory,
  type Guard,
  type Store,
  type UserAdmin,
  type UserDirectory,
} from 'bpmn-guard';
import { and } from '../../src/core/condition/condition.js';
import { Passwords } from '../../src/engine/users/passwords.js';
import { person, refusal } from '../support/guards.js';
import { lastingPlace, memoryPlace, onStores, type Place } from '../support/stores.js';

jest.mock('node:crypto', () => {
  const real = jest.requireActual<typeof crypto>('node:crypto');
  return { ...real, scrypt: jest.fn(real.scrypt), timingSafeEqual: jest.fn(real.timingSafeEqual) };
});

/** What signing in as that user costs: the parameters of scrypt, and how often texts are compared. */
async function costOf(login: () => Promise<unknown>): Promise<unknown> {
  const [scrypt, compare] = [crypto.scrypt, crypto.timingSafeEqual] as unknown as [jest.Mock, jest.Mock];
  scrypt.mockClear();
  compare.mockClear();
  await login();
  return {
    scrypt: scrypt.mock.calls.map(([, salt, length, { N, r, p }]) => [salt.length, length, N, r, p]),
    compared: compare.mock.calls.length,
  };
}
const FULL = { scrypt: [[16, 32, 16384, 8, 5]], compared: 1 };

const PASSWORD = 'correct horse battery';
const CHEAP = 'scrypt$1024$8$1$';

onStores('the user directory', (kind) => {
  let place: Place;
  let store: Store;
  let directory: UserDirectory;
  beforeEach(async () => {
    place = kind === 'embedded' ? memoryPlace() : lastingPlace(kind);
    store = await openStore(place.options);
    directory = userDirectory(store);
    await directory.add(
      { userName: 'alice', userGroups: ['hr'], tenantId: 'acme', attributes: { boss: 'bob' } },
      PASSWORD,
    );
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  test('finds users by name, without their password', async () => {
    expect(await directory.find('alice')).toEqual({
      userName: 'alice',
      userGroups: ['hr'],
      tenantId: 'acme',
      modelsOwner: null,
      attributes: { boss: 'bob' },
      disabled: false,
      hasPassword: true,
    });
    expect(await directory.find(' alice ')).toMatchObject({ userName: 'alice' });
    expect(JSON.stringify([await directory.find('alice'), await directory.list()])).not.toContain('scrypt');
    expect(await directory.find('Alice')).toBeUndefined();
  });

  test.each([
    [''],
    ['*'],
    [null],
    [undefined],
    [7],
    [{ $ne: null }],
    [['alice']],
    ['__proto__'],
    ['constructor'],
  ])('finds no user by %j', async (name) => {
    expect(await directory.find(name as string)).toBeUndefined();
    expect(await directory.verify(name as string, PASSWORD)).toBeUndefined();
  });

  test('a password among the fields of a user is refused, since it would be lost', async () => {
    const user = { userName: 'bob', password: PASSWORD };
    expect(await refusal(directory.add(user))).toMatchObject({
      code: 'bad-request',
      message: 'The password is the second argument of add, not a field of the user.',
    });
    expect(await directory.find('bob')).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ userGroups: 'hr' }, 'userGroups must be an array of strings, got a string'],
    [{ userGroups: 5 }, 'userGroups must be an array of strings, got number'],
    [{ userGroups: null }, 'userGroups must be an array of strings, got null'],
    [{ userGroups: [5] }, 'userGroups must contain names of groups, got number'],
    [{ userGroups: [''] }, 'userGroups must contain names of groups, got an empty string'],
    [{ userGroups: ['*'] }, 'userGroups must contain names of groups, got "*"'],
    [{ userGroups: ['__proto__'] }, '"__proto__" cannot be the name of a user or group'],
    [{ tenantId: 5 }, 'tenantId must be a non-empty string, got number'],
    [{ tenantId: '' }, 'tenantId must be a non-empty string, got an empty string'],
    [{ modelsOwner: {} }, 'modelsOwner must be a non-empty string, got an object'],
    [{ attributes: 'xy' }, 'attributes must be an object, got a string'],
    [{ attributes: { rights: ['Nope'] } }, 'attributes.rights names "Nope"'],
  ])('a user of %j is neither stored nor changed to that', async (fields, message) => {
    const before = await directory.find('alice');
    for (const call of [
      () => directory.add({ userName: 'bob', ...fields }),
      () => directory.change('alice', fields),
    ])
      expect(await refusal(call())).toMatchObject({
        code: 'bad-request',
        message: expect.stringContaining(message) as string,
      });
    expect(await directory.find('bob')).toBeUndefined();
    expect(await directory.find('alice')).toEqual(before);
  });

  test.each<[unknown, string]>([
    ['', 'userName must be a non-empty string'],
    [5, 'userName must be a non-empty string'],
    ['key:x', 'are reserved'],
    ['system', 'are reserved'],
    ['constructor', 'cannot be the name of a user'],
  ])('no user is added by the name %j', async (userName, message) => {
    expect(await refusal(directory.add({ userName } as never))).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(message) as string,
    });
    expect(await directory.list()).toHaveLength(1);
  });

  test('names are stored as they are compared, and null removes', async () => {
    await directory.add({ userName: ' bob ', userGroups: [' hr', 'hr'], tenantId: 'acme' });
    expect(await directory.find('bob')).toMatchObject({ userName: 'bob', userGroups: ['hr'] });
    await directory.change('bob', { userGroups: ['it '], tenantId: null, disabled: true });
    expect(await directory.find('bob')).toMatchObject({ userGroups: ['it'], tenantId: null, disabled: true });
  });

  test('a user name is unique, even for concurrent additions', async () => {
    const added = await Promise.all(Array.from({ length: 8 }, () => directory.add({ userName: 'bob' })));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await directory.add({ userName: 'alice' }, 'another password')).toBe(false);
    expect(await directory.verify('alice', PASSWORD)).toMatchObject({
      userName: 'alice',
      userGroups: ['hr'],
    });
  });

  test('the right password signs in, in every Unicode form; a wrong one does not', async () => {
    await directory.setPassword('alice', 'caf\u00e9 au lait');
    expect(await directory.verify('alice', 'cafe\u0301 au lait')).toMatchObject({ userName: 'alice' });
    for (const wrong of ['', 'cafe au lait', 'x'.repeat(2000), PASSWORD])
      expect(await directory.verify('alice', wrong)).toBeUndefined();
    for (const hostile of [undefined, null, 7, ['caf\u00e9 au lait'], { $ne: '' }])
      expect(await directory.verify('alice', hostile as never)).toBeUndefined();
  });

  test('a disabled user, or one without a password, cannot sign in', async () => {
    await directory.add({ userName: 'robot' });
    expect(await directory.verify('robot', '')).toBeUndefined();
    await directory.change('alice', { disabled: true });
    expect(await directory.verify('alice', PASSWORD)).toBeUndefined();
    await directory.change('alice', { disabled: false });
    expect(await directory.verify('alice', PASSWORD)).toBeDefined();
  });

  test('a hash of older, cheaper parameters is renewed at login, and signs in before and after', async () => {
    const { scryptSync } = crypto;
    const salt = Buffer.alloc(16, 7);
    const cheap = `${CHEAP}${salt.toString('base64url')}$${scryptSync(PASSWORD, salt, 32, { N: 1024, r: 8, p: 1 }).toString('base64url')}`;
    await store.users.update('alice', { passwordHash: cheap });
    expect(await directory.verify('alice', 'wrong password')).toBeUndefined();
    expect((await store.users.find('alice'))?.passwordHash).toBe(cheap);
    expect(await directory.verify('alice', PASSWORD)).toBeDefined();
    const renewed = (await store.users.find('alice'))?.passwordHash;
    expect(renewed).toMatch(/^scrypt\$16384\$8\$5\$/);
    expect(await directory.verify('alice', PASSWORD)).toBeDefined();
    expect((await store.users.find('alice'))?.passwordHash).toBe(renewed);
  });

  test('a renewed hash never overwrites a new password or a disabled state', async () => {
    const hash = (await store.users.find('alice'))?.passwordHash as string;
    expect(await store.users.update('alice', { passwordHash: 'older' }, { passwordHash: 'another' })).toBe(
      false,
    );
    await Promise.all([
      store.users.update('alice', { disabled: true }),
      store.users.update('alice', { passwordHash: 'newer' }, { passwordHash: hash }),
    ]);
    expect(await store.users.find('alice')).toMatchObject({
      disabled: true,
      passwordHash: 'newer',
      userGroups: ['hr'],
    });
    expect(await store.users.update('nobody', { disabled: true })).toBe(false);
    expect(await store.users.find('nobody')).toBeUndefined();
  });

  test.each([['short12'], ['x'.repeat(1025)], ['alice'], ['a\ud800bcdefgh'], ['Password123']])(
    '%j is refused as a password',
    async (password) => {
      await expect(directory.setPassword('alice', password)).rejects.toMatchObject({ code: 'bad-request' });
      await expect(directory.add({ userName: 'carla' }, password)).rejects.toMatchObject({
        code: 'bad-request',
      });
      expect(await directory.find('carla')).toBeUndefined();
    },
  );

  test('logins of unknown, disabled and password-less users take as much work as others', async () => {
    await directory.add({ userName: 'robot' });
    await directory.add({ userName: 'gone' }, PASSWORD);
    await directory.change('gone', { disabled: true });
    for (const name of ['alice', 'nobody', '*', 'robot', 'gone'])
      expect([name, await costOf(() => directory.verify(name, 'wrong password'))]).toEqual([name, FULL]);
    for (const password of ['', 'x'.repeat(5000), undefined])
      expect(await costOf(() => directory.verify('alice', password as string))).toEqual(FULL);
  });

  test.each([
    ['scrypt$16777216$8$1$'],
    ['scrypt$16384$99$99$'],
    ['scrypt$16383$8$5$'],
    ['scrypt$0$8$5$'],
    ['argon2$1$1$1$'],
    [''],
  ])('a stored hash %s… signs nobody in and costs no more than others', async (head) => {
    await store.users.update('alice', {
      passwordHash: head === '' ? '' : `${head}${'A'.repeat(22)}$${'A'.repeat(43)}`,
    });
    expect(
      await costOf(async () => expect(await directory.verify('alice', PASSWORD)).toBeUndefined()),
    ).toEqual(FULL);
  });
});

describe('passwords', () => {
  test('concurrent logins are computed two at a time, and too many are refused', async () => {
    const passwords = new Passwords({ atOnce: 2, waiting: 3 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 9 }, () => passwords.verify('x', undefined)),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map((outcome) => (outcome.reason as { code: string }).code)).toEqual(
      Array.from({ length: 4 }, () => 'too-many'),
    );
    expect((await passwords.verify('x', await passwords.hash('x'))).right).toBe(true);
  });

  test('two hashes of one password differ', async () => {
    const passwords = new Passwords();
    expect(await passwords.hash('same same')).not.toBe(await passwords.hash('same same'));
  });
});

describe('in a guard', () => {
  let store: Store;
  let directory: UserDirectory;
  let guard: Guard;
  let admin: UserAdmin;
  const root = person('root');
  beforeEach(async () => {
    store = await openStore({ memory: true });
    directory = userDirectory(store);
    guard = await createGuard({ env: {}, store, directory });
    admin = userAdmin(guard, directory);
    await directory.add({ userName: 'root', userGroups: ['ADMIN'] });
    await directory.add({ userName: 'acme-root', userGroups: ['ADMIN'], tenantId: 'acme' });
    await directory.add({ userName: 'god', userGroups: ['SYSTEM'] });
    await directory.add({ userName: 'alice', userGroups: ['hr'] }, PASSWORD);
    await directory.add({ userName: 'ann', userGroups: ['hr'], tenantId: 'acme' }, PASSWORD);
  });
  afterEach(() => guard.close());

  test('administration is for administrators, and a refusal changes and discloses nothing', async () => {
    const calls: ((by?: any) => Promise<unknown>)[] = [
      (by) => admin.list(by),
      (by) => admin.add({ userName: 'new' }, by),
      (by) => admin.disable('alice', by),
      (by) => admin.enable('alice', by),
      (by) => admin.setGroups('alice', ['ADMIN'], by),
      (by) => admin.setAttributes('alice', { rights: ['Document:Read'] }, by),
      (by) => admin.setPassword('alice', 'another password', by),
    ];
    const before = await store.users.list();
    for (const call of calls) {
      await expect(call(person('alice', 'ADMIN'))).rejects.toMatchObject({ code: 'forbidden' });
      await expect(call()).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(await store.users.list()).toEqual(before);
  });

  test('an administrator adds, disables, enables and changes users; each is recorded, without a password', async () => {
    await admin.add({ userName: 'new', userGroups: ['hr', ' hr '], password: 'a first pass phrase' }, root);
    await admin.setGroups('new', ['it'], root);
    await admin.setAttributes('new', { rights: ['Document:Read'], boss: 'alice' }, root);
    await admin.setPassword('new', 'a second pass phrase', root);
    await admin.disable('new', root);
    expect(await directory.find('new')).toMatchObject({
      userGroups: ['it'],
      attributes: { rights: ['Document:Read'], boss: 'alice' },
      disabled: true,
    });
    await admin.enable('new', root);
    expect(await directory.verify('new', 'a second pass phrase')).toMatchObject({ userName: 'new' });
    const entries = await store.audit.find({ limit: 100, userName: 'root', answer: 'allowed' });
    expect(entries.map(({ resource }) => `${resource.name} ${resource.id}`).reverse()).toEqual([
      'add user new',
      'set groups new',
      'set attributes new',
      'set password new',
      'disable user new',
      'enable user new',
    ]);
    expect(JSON.stringify(await store.audit.find({ limit: 100 }))).not.toMatch(/new(er)? password|scrypt/);
    await expect(admin.add({ userName: 'new' }, root)).rejects.toMatchObject({
      code: 'conflict',
      message: 'This user name is not available.',
    });
    await expect(admin.disable('nobody', root)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a name used in another tenant is "not available", like one in their own tenant', async () => {
    const answers = await Promise.all(
      ['alice', 'god', 'acme-root'].map((userName) =>
        admin
          .add({ userName, tenantId: 'acme', password: 'a new password' }, person('acme-root'))
          .catch(({ code, message }: { code: string; message: string }) => `${code}: ${message}`),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['conflict: This user name is not available.']));
  });

  test('a new password is not set if the user has become SYSTEM in the meantime', async () => {
    const before = (await store.users.find('alice'))?.passwordHash;
    const setting = admin.setPassword('alice', 'a stolen password', root);
    await admin.setGroups('alice', ['SYSTEM'], person('god'));
    await expect(setting).rejects.toMatchObject({ code: 'conflict' });
    expect((await store.users.find('alice'))?.passwordHash).toBe(before);
    await expect(admin.setPassword('alice', 'a stolen password', root)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('a new password is not set if the caller lost the right, or another was set, in the meantime', async () => {
    const lost = admin.setPassword('alice', 'a first password', root);
    await directory.change('root', { userGroups: [] });
    await expect(lost).rejects.toMatchObject({ code: 'forbidden' });
    await directory.change('root', { userGroups: ['ADMIN'] });
    const own = admin.changeOwnPassword(PASSWORD, 'a second password', person('alice'));
    const reset = admin.setPassword('alice', 'a third password', root);
    const outcomes = await Promise.allSettled([own, reset]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('two changes that were decided on the same user: one is refused, and its fields stay', async () => {
    const seen = await directory.find('alice');
    expect(await directory.change('alice', { userGroups: ['it'] }, seen)).toBe(true);
    await expect(directory.change('alice', { disabled: true }, seen)).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(directory.change('alice', { disabled: true }, { ...seen } as never)).rejects.toThrow(
      TypeError,
    );
    expect(await directory.find('alice')).toMatchObject({ userGroups: ['it'], disabled: false });
    await directory.remove('alice');
    await directory.add({ userName: 'alice' });
    await expect(directory.change('alice', { disabled: true }, seen)).rejects.toMatchObject({
      code: 'conflict',
    });
    const nobody = await directory.find('alice');
    await directory.remove('alice');
    expect(await directory.change('alice', { disabled: true }, nobody)).toBe(false);
  });

  test.each(['ADMIN', 'DESIGNER', 'SYSTEM'])('no policy can give access to %s', async (group) => {
    const given: Policy = {
      name: 'given',
      answer: (_principal, operation) =>
        operation === 'system:policy' ? { permissive: [{ id: 'all', says: 'all', when: and() }] } : {},
    };
    const other = await createGuard({ env: {}, store: { memory: true }, directory, policies: [given] });
    const managed = userAdmin(other, directory);
    const by = person('alice');
    await directory.add({ userName: 'held', userGroups: [group] }, PASSWORD);
    const before = await store.users.list();
    for (const work of [
      () => managed.setGroups('alice', [group], by),
      () => managed.setGroups('alice', ['hr', ` ${group} `], by),
      () => managed.add({ userName: 'new', userGroups: [group], password: 'a new password' }, by),
      () => managed.setPassword('held', 'a new password', by),
      () => managed.setGroups('held', [], by),
      () => managed.setAttributes('held', { x: 1 }, by),
      () => managed.disable('held', by),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'forbidden' });
    expect(await store.users.list()).toEqual(before);
    expect((await refusal(managed.setGroups('alice', ['it'], by))).message).toContain('which you are not in');
    await managed.setGroups('alice', [], by);
    await other.close();
  });

  test('a disabled user is refused at the next call', async () => {
    await guard.api.data.findItems({}, person('alice'));
    await admin.disable('alice', root);
    await expect(guard.api.data.findItems({}, person('alice'))).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'The user is not known or is disabled.',
    });
    await admin.enable('alice', root);
    expect(await guard.api.data.findItems({}, person('alice'))).toEqual([]);
  });

  test('an answer of the directory from before a change is not used after it', async () => {
    const slow = {
      users: {
        ...store.users,
        find: async (name: string) => {
          const found = await store.users.find(name);
          await new Promise((resolve) => setTimeout(resolve, 60));
          return found;
        },
      },
    };
    const late = userDirectory(slow);
    const other = await createGuard({ env: {}, store: { memory: true }, directory: late });
    const begun = other.api.data.findItems({}, person('alice'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await late.change('alice', { disabled: true });
    await begun;
    await expect(other.api.data.findItems({}, person('alice'))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await other.close();
  });

  test('an administrator reaches the users of their own tenant only; SYSTEM reaches all', async () => {
    const acme = person('acme-root');
    expect((await admin.list(acme)).map(({ userName }) => userName)).toEqual(['acme-root', 'ann']);
    expect((await admin.list(root)).map(({ userName }) => userName)).toEqual(['alice', 'god', 'root']);
    expect(await admin.list(person('god'))).toHaveLength(5);
    await expect(admin.disable('alice', acme)).rejects.toMatchObject({ code: 'not-found' });
    await expect(admin.disable('ann', root)).rejects.toMatchObject({ code: 'not-found' });
    await expect(admin.add({ userName: 'spy', tenantId: 'other' }, acme)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not add users of another tenant.',
    });
    await expect(
      admin.add({ userName: 'spy', tenantId: 'acme', modelsOwner: 'other' }, acme),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not give access to the models of another owner.',
    });
  });

  test('only SYSTEM gives SYSTEM, or touches its members', async () => {
    await expect(admin.setGroups('alice', ['SYSTEM'], root)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not administer members of SYSTEM.',
    });
    await expect(admin.add({ userName: 'x', userGroups: ['SYSTEM'] }, root)).rejects.toMatchObject({
      code: 'forbidden',
    });
    for (const call of [
      () => admin.setPassword('god', 'another password', root),
      () => admin.disable('god', root),
      () => admin.setGroups('god', [], root),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' });
    await admin.setGroups('alice', ['ADMIN'], root);
    await admin.setGroups('alice', ['SYSTEM'], person('god'));
  });

  test.each([
    [{ userName: 'key:erp' }, 'reserved'],
    [{ userName: 'System' }, 'reserved'],
    [{ userName: 'command-line:root' }, 'reserved'],
    [{ userName: '' }, 'userName must be'],
    [{ userName: 'x', userGroups: 'hr' }, 'userGroups must be'],
    [{ userName: 'x', attributes: { rights: 'Document:Read' } }, 'must be a list of rights'],
    [{ userName: 'x', attributes: { rights: ['Document:Paint'] } }, 'not a right in the catalogue'],
    [{ userName: 'x', attributes: { rights: ['Testing:All'] } }, 'internal'],
  ])('%j is not added', async (user, message) => {
    const added = admin.add(user as never, root);
    await expect(added).rejects.toMatchObject({ code: 'bad-request' });
    await expect(added).rejects.toThrow(message);
  });

  test('users change their own password if they know the old one', async () => {
    const alice = person('alice');
    await expect(admin.changeOwnPassword('wrong password', 'the next password', alice)).rejects.toMatchObject(
      { code: 'forbidden', message: 'The old password is wrong.' },
    );
    await expect(admin.changeOwnPassword(PASSWORD, 'short', alice)).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(await directory.verify('alice', PASSWORD)).toBeDefined();
    await admin.changeOwnPassword(PASSWORD, 'the next password', alice);
    expect([
      await directory.verify('alice', PASSWORD),
      (await directory.verify('alice', 'the next password'))?.userName,
    ]).toEqual([undefined, 'alice']);
    await expect(admin.changeOwnPassword(PASSWORD, 'the next password')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});
