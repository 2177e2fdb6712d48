import { apiKeys, openStore, userDirectory, type Store } from 'bpmn-guard';
import { lastingPlace, onStores, type Place } from '../support/stores.js';
import { named, run } from './running.js';

const PASSWORD = 'correct horse battery';

onStores('the command line', (kind) => {
  let place: Place;
  let at: string[];
  beforeEach(async () => {
    place = lastingPlace(kind);
    at = named(place.options);
    expect((await run(['install', ...at])).code).toBe(0);
  });
  afterEach(() => place.remove());

  async function looking<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const store = await openStore(place.options);
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }

  test('as long as there is no administrator, adding a user says how to make one', async () => {
    const add = (...args: string[]) => run(['user', 'add', ...args, '--without-password', ...at]);
    expect((await add('ann')).err).toHaveLength(1);
    expect((await run(['user', 'groups', 'ann', '--add', 'ADMIN', ...at])).code).toBe(0);
    expect((await add('bob')).err).toEqual([]);
    expect((await add('carl', '--tenant', 'acme')).err).toHaveLength(1);
    expect((await add('root', '--group', 'SYSTEM')).err).toEqual([]);
    expect((await add('dora', '--tenant', 'acme')).err).toEqual([]);
  });

  test('a user is added with a password that is piped in, and listed without it', async () => {
    const added = await run(
      [
        'user',
        'add',
        'alice',
        '--group',
        'hr',
        '--group',
        'it',
        '--tenant',
        'acme',
        '--attribute',
        'boss=bob',
        '--attribute',
        'rights=["Document:Read"]',
        ...at,
      ],
      { stdin: `${PASSWORD}\n` },
    );
    expect(added).toEqual({
      code: 0,
      out: ['Added alice.'],
      err: ['There is no administrator yet: bpmn-guard user groups alice --add ADMIN makes one.'],
    });
    expect(await looking((store) => userDirectory(store).verify('alice', PASSWORD))).toMatchObject({
      userName: 'alice',
      userGroups: ['hr', 'it'],
      tenantId: 'acme',
      attributes: { boss: 'bob', rights: ['Document:Read'] },
    });
    const listed = await run(['user', 'list', ...at]);
    expect(listed.out.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'name groups tenant state',
      'alice hr, it acme active',
    ]);
    expect(JSON.parse((await run(['user', 'list', '--json', ...at])).out[0] as string)).toMatchObject({
      userName: 'alice',
      hasPassword: true,
    });
    expect(JSON.stringify([listed, await run(['user', 'list', '--json', ...at])])).not.toMatch(
      /scrypt|correct horse/,
    );
  });

  test('a user is disabled, enabled, and given another password', async () => {
    await run(['user', 'add', 'alice', ...at], { stdin: PASSWORD });
    expect((await run(['user', 'disable', 'alice', ...at])).out).toEqual([
      'Disabled alice; running processes see it within 5 s.',
    ]);
    expect(await looking((store) => userDirectory(store).verify('alice', PASSWORD))).toBeUndefined();
    expect((await run(['user', 'enable', 'alice', ...at])).code).toBe(0);
    expect(
      (await run(['user', 'password', 'alice', ...at], { stdin: 'another long password\r\n' })).code,
    ).toBe(0);
    expect(
      await looking((store) => userDirectory(store).verify('alice', 'another long password')),
    ).toBeDefined();
    const entries = await looking((store) => store.audit.find({ limit: 10 }));
    expect(entries.map(({ resource }) => resource.name).reverse()).toEqual([
      'add user',
      'disable user',
      'enable user',
      'set password',
    ]);
    expect(entries.every(({ userName }) => /^command-line:./.test(String(userName)))).toBe(true);
    expect(JSON.stringify(entries)).not.toContain('password\\');
  });

  test('a refused command reports the reason, exits with 1 and changes nothing', async () => {
    await run(['user', 'add', 'alice', '--without-password', ...at]);
    const before = await looking((store) => store.users.list());
    expect(await run(['user', 'add', 'alice', ...at], { stdin: PASSWORD })).toMatchObject({
      code: 1,
      err: ['The user alice exists already.'],
    });
    expect(await run(['user', 'add', 'bob', ...at], { stdin: 'Password123' })).toMatchObject({
      code: 1,
      err: ['This password is too common and easily guessed; choose another. (bad-request)'],
    });
    expect(await run(['user', 'add', 'bob', ...at], { stdin: 'short' })).toMatchObject({
      code: 1,
      err: ['A password must be a text of 8 to 1024 characters. (bad-request)'],
    });
    expect(await run(['user', 'add', 'key:bob', ...at], { stdin: PASSWORD })).toMatchObject({ code: 1 });
    expect(await run(['user', 'add', 'bob', ...at])).toMatchObject({ code: 2 });
    for (const command of ['disable', 'enable'])
      expect(await run(['user', command, 'nobody', ...at])).toMatchObject({
        code: 1,
        err: ['There is no user nobody.'],
      });
    expect(await run(['user', 'password', 'nobody', ...at], { stdin: PASSWORD })).toMatchObject({
      code: 1,
      err: ['There is no user nobody.'],
    });
    expect(await looking((store) => store.users.list())).toEqual(before);
  });

  test.each([[[]], [['--tenant', 'acme']], [['--without-tenant']]])(
    'a key %j that could not be printed is revoked, and its name is free again',
    async (where) => {
      const create = ['key', 'create', 'erp', ...where, ...at];
      const { code, out, err } = await run(create, { isBroken: true });
      expect([code, out]).toEqual([1, []]);
      expect(err.at(-1)).toBe('The key could not be handed over, so it is revoked: write EPIPE');
      const [key] = await looking((store) => apiKeys(store, { env: {} }).list());
      expect(key?.revoked).toBeInstanceOf(Date);
      const trail = await looking((store) => store.audit.find({ limit: 9 }));
      expect(trail.map(({ resource }) => resource.name)).toEqual(['revoke key', 'create key']);
      expect(trail[0]).toMatchObject({ before: { id: key?.id, revoked: null }, after: { id: key?.id } });
      expect((await run(create)).code).toBe(0);
    },
  );

  test('a key is printed once and alone, works, is listed without its text, and is revoked', async () => {
    const made = await run([
      'key',
      'create',
      'erp',
      '--for-user',
      'alice',
      '--for-group',
      'hr',
      '--group',
      'robots',
      '--tenant',
      'acme',
      '--expires',
      '2100-12-31',
      ...at,
    ]);
    expect([made.code, made.out.length]).toEqual([0, 1]);
    const [text] = made.out as [string];
    expect(made.err.join('\n')).not.toContain(text);
    const key = await looking((store) => apiKeys(store, { env: {} }).find(text));
    expect(key).toMatchObject({
      name: 'erp',
      actsFor: { users: ['alice'], groups: ['hr'] },
      groups: ['robots'],
      tenantId: 'acme',
    });
    expect(key?.expires).toEqual(new Date('2100-12-31T00:00:00Z'));
    const listed = await run(['key', 'list', ...at]);
    expect(listed.out[1]).toContain('user alice, group hr');
    expect(
      JSON.stringify([
        listed,
        await run(['key', 'list', '--json', ...at]),
        await looking((store) => store.audit.find({ limit: 10 })),
      ]),
    ).not.toContain(text.slice(20));
    expect((await run(['key', 'revoke', 'erp', ...at])).code).toBe(0);
    expect(await looking((store) => apiKeys(store, { env: {} }).find(text))).toBeUndefined();
    expect(await run(['key', 'revoke', 'erp', ...at])).toMatchObject({
      code: 1,
      err: ['No key named erp is in use.'],
    });
  });

  test('a key acts for others only on request, and for administrators only with a reason', async () => {
    await run(['key', 'create', 'plain', ...at]);
    expect(await run(['key', 'create', 'strong', '--group', 'ADMIN', ...at])).toMatchObject({
      code: 1,
      out: [],
    });
    const strong = await run([
      'key',
      'create',
      'strong',
      '--group',
      'ADMIN',
      '--for-anyone',
      '--without-tenant',
      '--dangerously-act-for-administrators',
      'migration',
      ...at,
    ]);
    expect(strong.err[0]).toBe('This key acts for administrators: its holder can do everything.');
    const keys = await looking((store) => apiKeys(store, { env: {} }).list());
    expect(
      keys.map(({ actsFor, groups, tenantId, dangerouslyActsForAdministrators: why }) => [
        actsFor,
        groups,
        tenantId,
        why,
      ]),
    ).toEqual([
      ['itself', [], undefined, undefined],
      ['anyone', ['ADMIN'], null, 'migration'],
    ]);
  });

  test('groups of a user can be shown, added and removed', async () => {
    await run(['user', 'add', 'admin', '--group', 'hr', '--without-password', ...at]);
    expect((await run(['user', 'groups', 'admin', ...at])).out).toEqual(['hr']);
    const mended = await run(['user', 'groups', 'admin', '--add', 'ADMIN', '--remove', 'hr', ...at]);
    expect([mended.code, mended.out]).toEqual([0, ['ADMIN']]);
    expect(await looking((store) => userDirectory(store).find('admin'))).toMatchObject({
      userGroups: ['ADMIN'],
    });
    const [entry] = await looking((store) => store.audit.find({ limit: 1 }));
    expect(entry).toMatchObject({
      userName: expect.stringMatching(/^command-line:/),
      resource: { name: 'set groups', id: 'admin' },
      before: { userGroups: ['hr'] },
      after: { userGroups: ['ADMIN'] },
    });
    expect((await run(['user', 'groups', 'nobody', '--add', 'x', ...at])).err).toEqual([
      'There is no user nobody.',
    ]);
    expect((await run(['user', 'groups', 'admin', '--add', '*', ...at])).code).toBe(2);
    expect((await run(['user', 'groups', 'admin', '--add', 'x', '--remove', 'x', ...at])).code).toBe(2);
  });

  test('a user is removed, and recorded as it was', async () => {
    await run(['user', 'add', 'alice', '--group', 'hr', '--without-password', ...at]);
    expect((await run(['user', 'remove', 'alice', ...at])).code).toBe(0);
    expect(await looking((store) => userDirectory(store).find('alice'))).toBeUndefined();
    expect((await looking((store) => store.audit.find({ limit: 1 })))[0]).toMatchObject({
      resource: { name: 'remove user', id: 'alice' },
      before: { userGroups: ['hr'] },
    });
    expect(await run(['user', 'remove', 'alice', ...at])).toMatchObject({
      code: 1,
      err: ['There is no user alice.'],
    });
  });

  test('creating and revoking a key is recorded with its permissions before and after', async () => {
    const made = await run(['key', 'create', 'erp', '--for-group', 'hr', '--tenant', 'acme', ...at]);
    await run(['key', 'revoke', 'erp', ...at]);
    const [revoked, created] = await looking((store) => store.audit.find({ limit: 2 }));
    const facts = { actsFor: { users: [], groups: ['hr'] }, groups: [], tenantId: 'acme' };
    expect(created).toMatchObject({
      resource: { name: 'create key', id: 'erp' },
      after: { ...facts, revoked: null },
    });
    expect(revoked).toMatchObject({
      resource: { name: 'revoke key', id: 'erp' },
      before: { ...facts, revoked: null },
      after: { ...facts, revoked: expect.any(Date) },
    });
    // The secret itself may begin with the sign that separates it.
    const secret = made.out[0]?.split('_').slice(2).join('_') as string;
    expect(JSON.stringify([created, revoked])).not.toContain(secret);
  });
});
