import type { AuditEntry } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { onStores } from '../../support/stores.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const entry = (second: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  time: new Date(START + second * 1000),
  userName: 'ann',
  operation: 'task:take',
  resource: { kind: 'item', id: `i${second}` },
  answer: 'allowed',
  reason: 'tested',
  ...more,
});
const tenant = (name: string, ...groups: string[]) => ({
  ...person(`of ${name}`, ...groups),
  tenantId: name,
});
const ids = (entries: readonly AuditEntry[]) => entries.map(({ resource }) => resource.id);
const OLD = { until: '2026-01-02T00:00:00Z' };

onStores('The audit trail', (kind) => {
  const guards = new Guards(kind);

  test('is for who may read it: administrators, holders of Log:Read, and whom the grid lets monitor', async () => {
    const guard = await guards.make();
    const reader = person('reader');
    await guard.store.audit.append([entry(1)]);
    expect(await refusal(guard.api.audit.find(OLD, reader))).toMatchObject({ code: 'forbidden' });
    expect(ids((await guard.api.audit.find(OLD, ADMIN_USER)).data)).toEqual(['i1']);
    const { policies } = guard.as(ADMIN_USER);
    await policies.grid.save('watch', {
      effect: 'Allow',
      users: { user: 'reader' },
      privilege: 'Monitor',
      on: 'system',
    });
    expect(ids((await guard.api.audit.find(OLD, reader)).data)).toEqual(['i1']);
    await policies.grid.remove('watch');
    expect(await refusal(guard.api.audit.find(OLD, reader))).toMatchObject({ code: 'forbidden' });
    await policies.securityRoles.save('auditors', { rights: ['Log:Read', 'SecurityRole:Manage'] });
    await policies.securityRoles.give('auditors', { user: 'reader' });
    expect(ids((await guard.as(reader).audit.find(OLD)).data)).toEqual(['i1']);
  });

  test('shows entries of the own tenant alone; SYSTEM without a tenant sees all', async () => {
    const guard = await guards.make();
    const all = [entry(1, { tenantId: 'a' }), entry(2, { tenantId: 'b' }), entry(3)];
    await guard.store.audit.append(all);
    const seen = async (by: Parameters<typeof guard.as>[0]) => ids((await guard.as(by).audit.find(OLD)).data);
    expect(await seen(tenant('a', 'ADMIN'))).toEqual(['i1']);
    expect(await seen(tenant('b', 'ADMIN'))).toEqual(['i2']);
    expect(await seen(tenant('b', 'SYSTEM'))).toEqual(['i2']);
    expect(await seen(tenant('c', 'ADMIN'))).toEqual([]);
    expect(await seen(ADMIN_USER)).toEqual(['i3']);
    expect(await seen(person('root', 'SYSTEM'))).toEqual(['i3', 'i2', 'i1']);
    expect(await seen(person('x', 'ADMIN'))).toEqual(['i3']);
    expect(
      await refusal(guard.as(tenant('a', 'ADMIN')).audit.find({ tenantId: 'b' } as never)),
    ).toMatchObject({
      code: 'bad-query',
    });
  });

  test('is read page by page, each entry once, also where many have the same time', async () => {
    const guard = await guards.make();
    const all = Array.from({ length: 23 }, (_, at) =>
      entry(at < 5 ? at : at < 18 ? 5 : at, { resource: { kind: 'item', id: `n${at}` } }),
    );
    await guard.store.audit.append(all);
    const { audit } = guard.as(ADMIN_USER);
    for (const limit of [1, 4, 7, 22, 23, 24]) {
      const found: AuditEntry[] = [];
      let pages = 0;
      for (let after: string | null = null; pages === 0 || after !== null; pages++) {
        const page = await audit.find({ ...OLD, limit, after });
        found.push(...page.data);
        after = page.nextCursor;
      }
      expect(ids(found).toSorted()).toEqual(ids(all).toSorted());
      expect(found.map(({ time }) => time.getTime())).toEqual(
        all.map(({ time }) => time.getTime()).sort((a, b) => b - a),
      );
      expect(pages).toBe(Math.ceil(23 / limit));
    }
  });

  test('is searched by time, person and answer', async () => {
    const guard = await guards.make();
    const refused = { answer: 'refused', userName: 'bob' } as const;
    await guard.store.audit.append([entry(1), entry(2, refused), entry(3), entry(4, { userName: 'bob' })]);
    const { audit } = guard.as(ADMIN_USER);
    const seen = async (query: object) => ids((await audit.find({ ...OLD, ...query })).data);
    expect(await seen({ userName: 'bob' })).toEqual(['i4', 'i2']);
    expect(await seen({ answer: 'refused' })).toEqual(['i2']);
    expect(await seen({ since: new Date(START + 2000), until: '2026-01-01T00:00:04Z' })).toEqual([
      'i3',
      'i2',
    ]);
  });

  test.each([
    { since: 'yesterday' },
    { until: 5 },
    { userName: { $ne: '' } },
    { answer: 'maybe' },
    { limit: 0 },
    { limit: 501 },
    { limit: '5' },
    { after: 'x' },
    { after: '5-99999' },
    { after: 7 },
    { user: 'ann' },
    'all',
  ])('refuses %j', async (query) => {
    const { audit } = (await guards.make()).as(ADMIN_USER);
    expect(await refusal(audit.find(query as never))).toMatchObject({ status: 400, code: 'bad-query' });
  });
});

describe('A query of the audit trail', () => {
  const guards = new Guards('embedded');
  const said = async (query: object): Promise<string> => {
    const { code, message } = await refusal((await guards.make()).as(ADMIN_USER).audit.find(query));
    return `${code}: ${message}`;
  };

  test('that is refused says what is wrong', async () => {
    const cursor = 'bad-query: after must be the nextCursor of a page of the audit trail.';
    for (const after of ['x', '', 7, '5-10001', '-5', `${'1'.repeat(16)}-1`])
      expect(await said({ after })).toBe(cursor);
    expect(await said({ since: 'yesterday' })).toBe('bad-query: since must be a date, got "yesterday".');
    expect(await said({ until: 5 })).toBe('bad-query: until must be a date, got 5.');
    expect(await said({ userName: 7 })).toBe(
      'bad-query: userName must be a text of at most 1000 characters, got 7.',
    );
    expect(await said({ userName: 'x'.repeat(1001) })).toMatch(
      /^bad-query: userName must be a text of at most 1000 /,
    );
    expect(await said({ answer: 'maybe' })).toBe(
      'bad-query: answer must be one of allowed, refused, failed, got "maybe".',
    );
    for (const limit of [0, 501, 1.5, '5'])
      expect(await said({ limit })).toMatch(/^bad-query: limit must be a whole number from 1 to 500, got /);
  });

  test('has up to 500 entries, a name of up to 1000 characters, and dates of any form', async () => {
    const { audit } = (await guards.make()).as(ADMIN_USER);
    const none = { data: [], nextCursor: null };
    for (const query of [
      { limit: 500 },
      { userName: 'x'.repeat(1000) },
      { since: new Date(0), until: '2026-01-01' },
      { after: null },
      { after: '5-10000' },
    ])
      expect(await audit.find({ ...OLD, ...query })).toEqual(none);
  });

  test('has fifty entries where no limit is given', async () => {
    const guard = await guards.make();
    await guard.store.audit.append(Array.from({ length: 51 }, (_, at) => entry(at)));
    const { data, nextCursor } = await guard.as(ADMIN_USER).audit.find(OLD);
    expect([data.length, nextCursor]).toEqual([50, `${START + 1000}-1`]);
  });

  test('continues after up to 10,000 entries of one millisecond, but not after more', async () => {
    const guard = await guards.make();
    jest
      .spyOn(guard.store.audit, 'find')
      .mockImplementation(async ({ limit = 0 }) => Array.from({ length: limit }, () => entry(0)));
    const behind = (count: number) =>
      guard.as(ADMIN_USER).audit.find({ after: `${START}-${count}`, limit: 500 });
    expect(await behind(9500)).toMatchObject({ nextCursor: `${START}-10000` });
    expect(await refusal(behind(9501))).toMatchObject({
      code: 'bad-query',
      message: 'Too many entries have the same time. Filter by userName or answer.',
    });
  });

  test('shows no field that an entry does not have', async () => {
    const guard = await guards.make();
    const nothing = { userName: null, tenantId: null, address: null, resource: { kind: 'system', id: null } };
    await guard.store.audit.append([entry(1, nothing as never)]);
    const [{ time, ...shown } = {} as AuditEntry] = (await guard.as(ADMIN_USER).audit.find(OLD)).data;
    expect(time).toEqual(new Date(START + 1000));
    expect(shown).toEqual({
      userName: null,
      operation: 'task:take',
      resource: { kind: 'system' },
      answer: 'allowed',
      reason: 'tested',
    });
  });
});
