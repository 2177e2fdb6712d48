import {
  AccessDenied,
  apiKeys,
  createGuard,
  keyAdmin,
  openStore,
  userAdmin,
  userDirectory,
  type AuditEntry,
  type Guard,
  type UserDirectory,
} from 'bpmn-guard';
import { refusal, SILENT } from '../../support/guards.js';
import { onStores, lastingPlace, type Place } from '../../support/stores.js';

const WRONG = new AccessDenied('unauthenticated', 'The password is wrong.');
const PASSWORD = 'correct horse battery';

onStores('What is recorded of users and keys', (kind) => {
  let place: Place;
  let guard: Guard;
  let directory: UserDirectory;

  beforeEach(async () => {
    place = lastingPlace(kind);
    const store = await openStore(place.options);
    directory = userDirectory(store);
    guard = await createGuard({ configuration: {}, env: {}, store, directory, logger: SILENT });
    for (const [userName, tenantId, ...userGroups] of [
      ['root', null, 'SYSTEM'],
      ['admin', null, 'ADMIN'],
      ['acme-admin', 'acme', 'ADMIN'],
      ['globex-admin', 'globex', 'ADMIN'],
      ['ann', 'acme', 'hr'],
      ['otto', null, 'hr'],
    ] as const)
      await directory.add({ userName, tenantId, userGroups });
  });
  afterEach(async () => {
    await guard.close();
    await place.remove();
  });

  const seen = async (by: string): Promise<readonly AuditEntry[]> =>
    (await guard.as({ userName: by }).audit.find({ limit: 100 })).data;
  /** How many entries the administrators of acme, of globex and of no tenant see, and SYSTEM. */
  const readers = async (): Promise<number[]> => {
    const found = [];
    for (const by of ['acme-admin', 'globex-admin', 'admin', 'root']) found.push((await seen(by)).length);
    return found;
  };

  test.each<[string, (identity: Guard['identity']) => unknown]>([
    [
      'Option event of identity.session must be "login" or "logout"',
      (at) => at.session('log-in' as never, 'ann'),
    ],
    ['identity.session needs the option userName', (at) => at.session('login', undefined as never)],
    ['needs the option event', (at) => (at.session as () => unknown)()],
    ['Option userName of identity.session must be a text', (at) => at.session('login', ' ')],
    ['adress. Did you mean address?', (at) => at.session('login', 'ann', { adress: '::1' } as never)],
    [
      'Unknown option of identity.session: userName',
      (at) => at.session('login', 'ann', { userName: 'root' } as never),
    ],
    [
      'Unknown option of identity.session: time',
      (at) => at.session('login', 'ann', { time: new Date(0) } as never),
    ],
    [
      'Option address of identity.session must be a text',
      (at) => at.session('login', 'ann', { address: 5 } as never),
    ],
    ['userNmae. Did you mean userName?', (at) => at.refusedLogin(WRONG, { userNmae: 'ann' } as never)],
    [
      'userName of identity.refusedLogin must be a text',
      (at) => at.refusedLogin(WRONG, { userName: ['ann'] } as never),
    ],
    [
      'Unknown option of identity.refused: reason',
      (at) => at.refused('key:a', { kind: 'system' }, WRONG, { reason: 'x' } as never),
    ],
    [
      'Unknown option of identity.refused: nmae',
      (at) => at.refused('key:a', { kind: 'system', nmae: 'x' } as never, WRONG),
    ],
    [
      'Unknown option of identity.call: titel',
      (at) => at.call({ userName: 'root' }, 'backup', { kind: 'system', titel: 'x' } as never, async () => 1),
    ],
    [
      'identity.call needs the option kind',
      (at) => at.call({ userName: 'root' }, 'backup', {} as never, async () => 1),
    ],
    [
      'identity.call needs the option what',
      (at) => at.call({ userName: 'root' }, undefined as never, { kind: 'system' }, async () => 1),
    ],
  ])('nothing is recorded with a fact that is misspelt or missing: %s', async (message, call) => {
    expect(await refusal(call(guard.identity) as Promise<unknown>)).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(message) as string,
    });
    expect(await seen('root')).toEqual([]);
  });

  test('what an application says of a change cannot replace who did what', async () => {
    const root = { userName: 'root' };
    const call = guard.identity.call(root, 'backup', { kind: 'system' }, async (_by, changes) =>
      changes({ userName: 'ann', answer: 'refused' } as never),
    );
    expect(await refusal(call)).toMatchObject({ code: 'bad-request' });
    expect(await seen('root')).toMatchObject([
      { userName: 'root', operation: 'backup', reason: 'bad-request' },
    ]);
  });

  test('logins, logouts and refused logins are for the administrators of the tenant of the user', async () => {
    const { identity } = guard;
    await identity.session('login', 'ann', { address: '10.0.0.1' });
    await identity.refusedLogin(WRONG, { userName: 'ann', address: '10.0.0.2' });
    await identity.session('logout', 'ann');
    expect(await readers()).toEqual([3, 0, 0, 3]);
    expect((await seen('acme-admin')).map(({ operation }) => operation)).toEqual([
      'logout',
      'login',
      'login',
    ]);
    await identity.session('login', 'otto');
    await identity.refusedLogin(WRONG, { userName: 'nobody' });
    await identity.refusedLogin(WRONG);
    expect(await readers()).toEqual([3, 0, 3, 6]);
  });

  test('a disabled user still has a tenant, and so has one whom the application names with it', async () => {
    await directory.change('ann', { disabled: true });
    await guard.identity.refusedLogin(WRONG, { userName: 'ann' });
    expect(await readers()).toEqual([1, 0, 0, 1]);
    await guard.identity.session('login', 'from elsewhere', { tenantId: 'globex' });
    expect(await readers()).toEqual([1, 1, 0, 2]);
  });

  test('a refused runAs is for the tenant of the user whom it names', async () => {
    await directory.change('ann', { disabled: true });
    expect(await refusal(guard.runAs({ userName: 'ann' }, () => 1))).toMatchObject({ status: 401 });
    expect(await readers()).toEqual([1, 0, 0, 1]);
  });

  test('what SYSTEM does to a user or a key of a tenant is for the administrators of that tenant', async () => {
    const root = { userName: 'root' };
    const users = userAdmin(guard, directory);
    await users.add({ userName: 'new', userGroups: [], tenantId: 'acme', password: PASSWORD }, root);
    await users.setGroups('ann', ['hr', 'it'], root);
    await users.setPassword('ann', PASSWORD, root);
    const keys = keyAdmin(guard, apiKeys(guard.store, { env: {} }));
    await keys.create('ci', { tenantId: 'acme' }, root);
    await keys.revoke('ci', root);
    expect(await readers()).toEqual([5, 0, 0, 5]);
    await users.setGroups('otto', ['it'], root);
    await keys.create('any', {}, root);
    expect(await readers()).toEqual([5, 0, 2, 7]);
  });

  test('a directory that does not answer leaves the tenant out, and the entry is written', async () => {
    const store = await openStore({ memory: true });
    const down = await createGuard({
      configuration: {},
      env: {},
      store,
      directory: { find: () => Promise.reject(new Error('down')) },
      logger: SILENT,
    });
    await down.identity.session('login', 'ann', { address: '10.0.0.1' });
    const entries = await store.audit.find({ limit: 9 });
    expect(entries).toMatchObject([{ userName: 'ann', address: '10.0.0.1', operation: 'login' }]);
    expect(entries[0]?.tenantId ?? null).toBeNull();
    await down.close();
  });
});
