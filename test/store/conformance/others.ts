import type { AuditEntry, Store, StoredModel } from '../../../src/store/port.js';

const model = (name: string, owner: string | null, rev = 1): StoredModel => ({
  name,
  owner,
  source: `<${name}/>`,
  svg: null,
  events: [{ elementId: 'e' }],
  guard: { rev },
});
const entry = (ms: number, userName: string | null, more: Partial<AuditEntry> = {}): AuditEntry => ({
  time: new Date(ms),
  userName,
  operation: 'task:read',
  resource: { kind: 'task', id: 't' },
  answer: 'allowed',
  reason: 'r',
  ...more,
});

/** Models, users, audit trail and named values. */
export function others(store: () => Store): void {
  test('models are kept by name and owner, and listed by name', async () => {
    const { models } = store();
    await Promise.all([
      models.put(model('b', null)),
      models.put(model('a', 'acme')),
      models.put(model('a', null)),
      models.put(model('a', null, 2)),
    ]);
    expect((await models.find({})).map(({ name, owner }) => [name, owner])).toEqual([
      ['a', null],
      ['a', 'acme'],
      ['b', null],
    ]);
    expect((await models.find({ owner: 'acme' }, { without: ['source', 'svg'] }))[0]).toEqual({
      _id: expect.anything() as unknown,
      name: 'a',
      owner: 'acme',
      events: [{ elementId: 'e' }],
      guard: { rev: 1 },
    });
    expect((await models.find({}, { skip: 1, limit: 1 })).map(({ owner }) => owner)).toEqual(['acme']);
    expect(await models.get('b', 'acme')).toBeUndefined();
  });

  test('putting a model again replaces it and keeps its position', async () => {
    const { models } = store();
    await models.put({ ...model('again', null), extra: 1 });
    const before = await models.get('again', null);
    await models.put({ ...model('again', null, 5), _id: 'mine' });
    const after = await models.get('again', null);
    expect(String(after?._id)).toBe(String(before?._id));
    expect(after).toMatchObject({ guard: { rev: 5 } });
    expect(after).not.toHaveProperty('extra');
  });

  test('of many updates of a model at one revision one succeeds', async () => {
    const { models } = store();
    await models.put(model('rev', null, 1));
    expect(await models.update('rev', null, undefined, { svg: 'x' })).toBe(false);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => models.update('rev', null, 1, { svg: `${i}`, guard: { rev: 2 } })),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await models.get('rev', null)).toMatchObject({
      svg: String(results.indexOf(true)),
      source: '<rev/>',
    });
  });

  test('a model is renamed unless its owner already uses the name', async () => {
    const { models } = store();
    for (const [name, owner] of [
      ['old', null],
      ['taken', null],
      ['new', 'acme'],
    ] as const)
      await models.put(model(name, owner));
    await expect(models.rename('old', null, 'taken')).rejects.toMatchObject({ code: 'conflict' });
    expect(await models.rename('nobody', null, 'taken')).toBe(false);
    expect(await models.rename('old', null, 'new')).toBe(true);
    expect(await models.rename('new', null, 'new')).toBe(true);
    expect(await models.get('old', null)).toBeUndefined();
    expect(await models.get('new', null)).toMatchObject({ name: 'new', source: '<old/>' });
    expect([await models.remove('new', null), await models.remove('new', null)]).toEqual([true, false]);
    expect(await models.get('new', 'acme')).toBeDefined();
  });

  test('users are kept by name', async () => {
    const { users } = store();
    const alice = { userName: 'alice', userGroups: ['hr'], tenantId: null, attributes: { level: 3 } };
    const put = users.put(alice);
    alice.userGroups.push('ADMIN');
    await put;
    await users.put({ userName: '__proto__', userGroups: [] });
    expect(await users.find('alice')).toEqual({ ...alice, userGroups: ['hr'] });
    expect((await users.list()).map(({ userName }) => userName)).toEqual(['__proto__', 'alice']);
    await users.put({ userName: 'alice', userGroups: [], disabled: true });
    expect(await users.find('alice')).toEqual({ userName: 'alice', userGroups: [], disabled: true });
    expect([await users.remove('alice'), await users.remove('alice'), await users.find('alice')]).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  test('a user is added once, and changed only while the expected fields hold', async () => {
    const { users } = store();
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        users.insert({ userName: 'dora', userGroups: [], passwordHash: `${i}` }),
      ),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    const hash = String(added.indexOf(true));
    const changed = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        users.update('dora', { passwordHash: `new ${i}` }, { passwordHash: hash }),
      ),
    );
    expect(changed.filter(Boolean)).toHaveLength(1);
    expect([
      await users.update('dora', { disabled: true }),
      await users.update('nobody', { disabled: true }),
    ]).toEqual([true, false]);
    expect(await users.find('dora')).toEqual({
      userName: 'dora',
      userGroups: [],
      passwordHash: `new ${changed.indexOf(true)}`,
      disabled: true,
    });
  });

  test('the audit trail is read newest first, filtered by time, user, answer and tenant', async () => {
    const { audit } = store();
    await audit.append([]);
    await audit.append([
      entry(2000, 'alice'),
      entry(1000, null, { answer: 'refused' }),
      entry(3000, 'bob', { tenantId: 'acme' }),
    ]);
    await audit.append([entry(2000, 'carol')]);
    const who = async (filter: Partial<Parameters<typeof audit.find>[0]>): Promise<(string | null)[]> =>
      (await audit.find({ limit: 10, ...filter })).map(({ userName }) => userName);
    expect(await who({})).toEqual(['bob', 'carol', 'alice', null]);
    expect(await who({ limit: 2 })).toEqual(['bob', 'carol']);
    expect(await who({ limit: 0 })).toEqual([]);
    expect(await who({ since: new Date(2000), until: new Date(3000) })).toEqual(['carol', 'alice']);
    expect(await who({ userName: 'alice' })).toEqual(['alice']);
    expect(await who({ answer: 'refused' })).toEqual([null]);
    expect([await who({ tenantId: 'acme' }), await who({ tenantId: null })]).toEqual([
      ['bob'],
      ['carol', 'alice', null],
    ]);
    expect((await audit.find({ limit: 1 }))[0]).toEqual(entry(3000, 'bob', { tenantId: 'acme' }));
  });

  test.each([
    [{ anser: 'refused' }, 'unknown filter "anser". Did you mean answer?'],
    [{ answer: 'refuse' }, 'answer must be one of allowed, refused, failed.'],
    [{ limit: -1 }, 'limit must be a whole number of at least 0.'],
    [{ limit: undefined }, 'limit must be a whole number of at least 0.'],
  ])('the audit trail is not read by a filter that is none: %j', async (filter, why) => {
    const wrong = { limit: 10, ...filter } as Parameters<Store['audit']['find']>[0];
    await expect(store().audit.find(wrong)).rejects.toMatchObject({
      code: 'failed',
      message: `A call of the store was wrong: ${why}`,
    });
  });

  test('values are kept by namespace and key until they expire', async () => {
    const [a, b] = [store().values('a'), store().values('a:')];
    await a.set('key', { list: [1, new Date(1)] });
    await b.set('key', 'other', new Date(Date.now() + 60_000));
    await a.set('gone', 1, new Date(Date.now() - 1));
    expect([await a.get('key'), await b.get('key'), await a.get('gone'), await a.get('none')]).toEqual([
      { list: [1, new Date(1)] },
      'other',
      undefined,
      undefined,
    ]);
    expect([await a.entries(), await b.entries()]).toEqual([
      [['key', { list: [1, new Date(1)] }]],
      [['key', 'other']],
    ]);
    expect([await a.delete('key'), await a.delete('key'), await a.delete('gone'), await a.entries()]).toEqual(
      [true, false, false, []],
    );
  });

  test('a value is added only where none is, by one of many at once', async () => {
    const values = store().values('added');
    const added = await Promise.all(Array.from({ length: 10 }, (_, at) => values.add('key', at)));
    expect(added.filter((done) => done)).toHaveLength(1);
    expect(await values.get('key')).toBe(added.indexOf(true));
    expect([await values.add('key', 'later'), await values.get('key')]).toEqual([false, added.indexOf(true)]);
    await values.set('old', 1, new Date(Date.now() - 1));
    expect([await values.add('old', 'new'), await values.get('old')]).toEqual([true, 'new']);
  });
}
