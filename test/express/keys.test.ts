import { apiKeys, keyAdmin, openStore, type ApiKeys, type NewKey, type Store } from 'bpmn-guard';
import { eventually } from '../support/guards.js';
import { lastingPlace, memoryPlace, onStores, type Place } from '../support/stores.js';
import { setStage, type Stage } from './stage.js';

const ENV = { env: {} };

onStores('keys', (kind) => {
  let place: Place;
  let store: Store;
  let keys: ApiKeys;
  beforeEach(async () => {
    place = kind === 'embedded' ? memoryPlace() : lastingPlace(kind);
    store = await openStore(place.options);
    keys = apiKeys(store, ENV);
  });
  afterEach(async () => {
    jest.useRealTimers();
    await store.close();
    await place.remove();
  });

  test('a key is recognised by its text, which has a prefix of its own and is shown once', async () => {
    const { text, key } = await keys.create('erp', {
      actsFor: { users: ['alice'], groups: ['hr'] },
      groups: ['robots'],
      tenantId: 'acme',
      expires: new Date('2100-01-01'),
    });
    expect(text).toMatch(/^bg_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(await keys.list()).toEqual([key]);
    expect(await keys.find(text)).toEqual(key);
    expect(key).toMatchObject({
      name: 'erp',
      actsFor: { users: ['alice'], groups: ['hr'] },
      groups: ['robots'],
      tenantId: 'acme',
      expires: new Date('2100-01-01'),
    });
    expect(await keys.find(`${text}x`)).toBeUndefined();
    expect(await keys.find(undefined)).toBeUndefined();
  });

  test('keys are unique', async () => {
    const texts = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => (await keys.create(`k${at}`)).text),
    );
    expect(new Set(texts).size).toBe(20);
  });

  test('keys for one tenant, for users without one, and for all are distinct', async () => {
    await keys.create('a', { tenantId: null });
    await keys.create('b');
    expect((await keys.list()).map((key) => ('tenantId' in key ? key.tenantId : 'any'))).toEqual([
      null,
      'any',
    ]);
  });

  test('a revoked key is refused at once here and within 5 s in another process', async () => {
    const other = apiKeys(store, ENV);
    const { text } = await keys.create('erp');
    expect((await other.find(text))?.name).toBe('erp');
    expect(await keys.revoke('erp')).toBe(true);
    expect(await keys.find(text)).toBeUndefined();
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 5100);
    expect(await other.find(text)).toBeUndefined();
    jest.restoreAllMocks();
    expect((await keys.list())[0]?.revoked).toBeInstanceOf(Date);
    expect([await keys.revoke('erp'), await keys.revoke('none')]).toEqual([false, false]);
  });

  test('a key revoked in another process is refused although the wall clock is set back an hour', async () => {
    const other = apiKeys(store, ENV);
    const { text } = await keys.create('erp');
    expect((await other.find(text))?.name).toBe('erp');
    expect(await keys.revoke('erp')).toBe(true);
    const [wall, steady] = [Date.now(), performance.now()];
    jest.spyOn(Date, 'now').mockImplementation(() => wall - 3_600_000);
    expect(await other.find(text)).toBeUndefined();
    jest.spyOn(performance, 'now').mockImplementation(() => steady + 5100);
    expect(await other.find(text)).toBeUndefined();
    jest.restoreAllMocks();
  });

  test('a name is unique among active keys', async () => {
    await keys.create('erp');
    await expect(keys.create('erp')).rejects.toMatchObject({
      code: 'conflict',
      message: 'A key of that name is in use; revoke it first.',
    });
    await keys.revoke('erp');
    const { text } = await keys.create('erp');
    expect((await keys.find(text))?.name).toBe('erp');
    expect(await keys.list()).toHaveLength(2);
  });

  test('of many keys of one name that are created at once at most one lives', async () => {
    const made = await Promise.allSettled(Array.from({ length: 20 }, () => keys.create('ci')));
    const won = made.filter(({ status }) => status === 'fulfilled');
    expect(won.length).toBeLessThanOrEqual(1);
    expect((await keys.list()).filter(({ name }) => name === 'ci')).toHaveLength(won.length);
  });

  test('a key expires', async () => {
    const { text } = await keys.create('erp', { expires: new Date(Date.now() + 60_000) });
    expect((await keys.find(text))?.name).toBe('erp');
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 60_001);
    expect(await keys.find(text)).toBeUndefined();
    jest.restoreAllMocks();
  });

  test('the last use is written at most once a minute, and does not restore a revoked key', async () => {
    const { text } = await keys.create('erp');
    for (let i = 0; i < 10; i++) await keys.find(text);
    const first = await eventually(async () => (await keys.list())[0]?.lastUsed);
    await apiKeys(store, ENV).find(text);
    await keys.find(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await keys.list())[0]?.lastUsed).toEqual(first);
    await keys.revoke('erp');
    await keys.find(text);
    expect((await keys.list())[0]?.revoked).toBeInstanceOf(Date);
  });
});

const BAD: [string, NewKey, string][] = [
  ['', {}, 'The name of a key must have'],
  ['API_KEY', {}, 'The name of a key must have'],
  ['a b', {}, 'The name of a key must have'],
  ['key:erp', {}, 'The name of a key must have'],
  ['../x', {}, 'The name of a key must have'],
  ['erp', { actsFor: 'everyone' as never }, 'actsFor must be'],
  ['erp', { actsFor: { users: [], groups: [] } }, 'actsFor names nobody'],
  ['erp', { actsFor: { users: ['*'] } }, 'actsFor.users must contain non-empty texts.'],
  ['erp', { actsFor: { roles: ['x'] } as never }, 'actsFor must be'],
  ['erp', { groups: 'hr' as never }, 'groups must be a list of names.'],
  [
    'erp',
    { groups: ['ADMIN'] },
    'A key in ADMIN or SYSTEM needs dangerouslyActsForAdministrators, with a reason.',
  ],
  ['erp', { groups: [' SYSTEM '] }, 'A key in ADMIN or SYSTEM needs'],
  [
    'erp',
    { groups: ['ADMIN'], dangerouslyActsForDesigners: 'drawing' },
    'A key in ADMIN or SYSTEM needs dangerouslyActsForAdministrators, with a reason.',
  ],
  ['erp', { groups: [' DESIGNER '] }, 'A key in DESIGNER needs dangerouslyActsForDesigners, with a reason.'],
  ['erp', { dangerouslyActsForDesigners: ' ' }, 'dangerouslyActsForDesigners must be the reason, as text.'],
  ['erp', { tenantId: '' }, 'tenantId must be a non-empty text, or null.'],
  ['erp', { expires: '2040-01-01' as never }, 'expires must be a Date object.'],
  ['erp', { expires: new Date(0) }, 'expires must be a date in the future.'],
  ['erp', { expires: new Date(NaN) }, 'expires must be a date in the future.'],
  [
    'erp',
    { dangerouslyActsForAdministrators: true as never },
    'dangerouslyActsForAdministrators must be the reason, as text.',
  ],
  ['erp', { actFor: 'anyone' } as never, 'Unknown option of a key: actFor.'],
];

test.each(BAD)('a key named %j with %j is refused', async (name, options, message) => {
  const store = await openStore({ memory: true });
  const made = apiKeys(store, ENV).create(name, options);
  await expect(made).rejects.toMatchObject({ code: 'bad-request' });
  await expect(made).rejects.toThrow(message);
  await store.close();
});

test.each(['with space', 'a,b', 'k\u00e9y', 'x'.repeat(513), 'tab\there'])(
  'API_KEY %j is refused, and not repeated',
  async (text) => {
    const store = await openStore({ memory: true });
    expect(() => apiKeys(store, { env: { API_KEY: text } })).toThrow('API_KEY must be printable ASCII');
    expect(() => apiKeys(store, { env: { API_KEY: text } })).not.toThrow(text);
    expect(() =>
      apiKeys(store, { env: {}, dangerouslyLetApiKeyActForAdministrators: true as never }),
    ).toThrow(expect.objectContaining({ code: 'bad-configuration' }) as Error);
    await store.close();
  },
);

test('a store that does not answer is "could not tell", and API_KEY needs no store', async () => {
  const down = Object.assign(new Error('down'), { code: 'store-unavailable' });
  const values = () => ({
    entries: () => Promise.reject(down),
    get: () => Promise.reject(down),
    set: () => Promise.reject(down),
    add: () => Promise.reject(down),
    delete: () => Promise.reject(down),
  });
  const keys = apiKeys({ values }, { env: { API_KEY: 'kT3x-9fQz_71LmPwC0aV' } });
  expect((await keys.find('kT3x-9fQz_71LmPwC0aV'))?.name).toBe('API_KEY');
  await expect(keys.find(`bg_${'0'.repeat(16)}_${'A'.repeat(43)}`)).rejects.toBe(down);
});

describe('administration of keys', () => {
  let stage: Stage;
  beforeAll(async () => void (stage = await setStage({ withDirectory: false })));
  afterAll(() => stage.close());
  const root = { userName: 'root', userGroups: ['ADMIN'] };
  const acme = { userName: 'acme-admin', userGroups: ['ADMIN'], tenantId: 'acme' };
  const god = { userName: 'god', userGroups: ['SYSTEM'] };

  test('is for administrators, and recorded', async () => {
    const admin = keyAdmin(stage.guard, stage.keys);
    for (const call of [
      () => admin.create('x', {}, { userName: 'alice' }),
      () => admin.list({ userName: 'alice' }),
      () => admin.revoke('x', { userName: 'alice' }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(admin.list()).rejects.toMatchObject({ code: 'unauthenticated' });
    const { text } = await admin.create('mine', {}, root);
    const [entry] = await stage.audit();
    expect(entry).toMatchObject({
      userName: 'root',
      operation: 'system:policy',
      resource: { kind: 'system', name: 'create key', id: 'mine' },
      answer: 'allowed',
      after: { actsFor: 'itself', groups: [], tenantId: null, revoked: null },
    });
    await admin.create('gone', {}, root);
    await admin.revoke('gone', root);
    expect((await stage.audit())[0]).toMatchObject({
      resource: { kind: 'system', name: 'revoke key', id: 'gone' },
      before: { actsFor: 'itself', revoked: null },
      after: { actsFor: 'itself', revoked: expect.any(Date) },
    });
    expect(JSON.stringify(await stage.audit())).not.toContain(text);
  });

  test('key names are per tenant, and only active keys count', async () => {
    const admin = keyAdmin(stage.guard, stage.keys);
    const other = { userName: 'other-admin', userGroups: ['ADMIN'], tenantId: 'other' };
    // An ended key of another tenant stands in nobody's way.
    await admin.create('ci', {}, other);
    expect(await admin.revoke('ci', other)).toBe(true);
    const ofAcme = await admin.create('ci', { actsFor: 'anyone' }, acme);
    const without = await admin.create('ci', {}, root);
    await admin.create('ci', {}, god);
    await expect(admin.create('ci', {}, acme)).rejects.toMatchObject({ code: 'conflict' });
    await expect(admin.revoke('ci', god)).rejects.toMatchObject({ code: 'ambiguous' });
    expect(await admin.revoke('ci', other)).toBe(false);
    expect(await admin.revoke('ci', acme)).toBe(true);
    expect(await stage.keys.find(ofAcme.text)).toBeUndefined();
    expect(await stage.keys.find(without.text)).toBeDefined();
    // What one of a tenant says of other tenants does not count.
    expect(await admin.revoke('ci', acme, { tenantId: null })).toBe(false);
    expect(await admin.revoke('ci', god, { tenantId: null })).toBe(true);
    expect(await admin.revoke('ci', god)).toBe(true);
    expect(await admin.revoke('ci', god)).toBe(false);
    await admin.create('ci', {}, acme);
    expect(await admin.revoke('ci', acme)).toBe(true);
  });

  test("is limited to the administrator's tenant, and only SYSTEM creates keys for administrators", async () => {
    const admin = keyAdmin(stage.guard, stage.keys);
    expect((await admin.create('of-acme', { actsFor: 'anyone' }, acme)).key.tenantId).toBe('acme');
    await expect(admin.create('foreign', { tenantId: 'other' }, acme)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not make keys for another tenant.',
    });
    await expect(
      admin.create('strong', { dangerouslyActsForAdministrators: 'why not' }, acme),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You may not make keys that act for administrators.',
    });
    await admin.create('of-all', { dangerouslyActsForAdministrators: 'a test' }, god);
    const inUse = async (by: object): Promise<string[]> =>
      (await admin.list(by as never)).filter(({ revoked }) => revoked === undefined).map(({ name }) => name);
    expect(await inUse(acme)).toEqual(['of-acme']);
    expect(await inUse(root)).toEqual(['mine']);
    expect(await inUse(god)).toEqual(['mine', 'of-acme', 'of-all']);
    expect([
      await admin.revoke('of-all', acme),
      await admin.revoke('of-acme', root),
      await admin.revoke('of-acme', acme),
    ]).toEqual([false, false, true]);
  });
});
