import { PolicySet, type PolicyChange } from '../../src/core/policy-set/policy-set.js';
import { openStore } from '../../src/store/open.js';
import { PolicyLog } from '../../src/store/policy-log.js';
import type { PolicyStore, Store } from '../../src/store/port.js';

const put = (id: string, value: unknown = {}): PolicyChange => ({ kind: 'k', id, value });
const facts = (tenantId: string | null, version: number) => ({
  tenantId,
  version,
  time: new Date(),
  userName: 'admin',
  source: 'api' as const,
});

let store: Store;
let log: PolicyLog;
beforeAll(async () => {
  store = await openStore({ memory: true });
  log = new PolicyLog(store.policies);
});
afterAll(() => store.close());

/** The log with something left out of it. */
const damaged = (change: Partial<PolicyStore>): PolicyLog =>
  new PolicyLog(Object.assign(Object.create(store.policies), change) as PolicyStore);

test('every version can be loaded, also those before a snapshot', async () => {
  let set = PolicySet.EMPTY;
  for (let version = 1; version <= 30; version++) {
    const changes = [put(`entry ${version % 7}`, version), ...(version % 5 === 0 ? [put('all', null)] : [])];
    expect(await log.append(facts('a', version), changes)).toBe(true);
    set = set.with(version, changes);
    if (version === 20) await log.addSnapshot('a', set);
  }
  for (const version of [0, 1, 19, 20, 21, 30]) {
    const { set: loaded, replayed } = await log.load('a', version);
    expect(loaded.version).toBe(version);
    expect(loaded.of('k').get(`entry ${version % 7}`)).toBe(version === 0 ? undefined : version);
    expect(replayed).toBeLessThanOrEqual(version < 20 ? version * 2 : (version - 20) * 2);
  }
  expect([...(await log.load('a', 30)).set.of('k')].sort()).toEqual([...set.of('k')].sort());
});

test('a change of 20,000 entries is one version, in parts that fit into documents', async () => {
  const changes = Array.from({ length: 20_000 }, (_, i) => put(`entry-${i}`, { says: 'x'.repeat(100), i }));
  expect(await log.append(facts('large', 1), changes)).toBe(true);
  const [version] = await store.policies.versions('large', { limit: 1 });
  expect(version).toMatchObject({ count: 20_000 });
  expect(version?.changes).toBeUndefined();
  expect(version?.parts?.count).toBeGreaterThan(2);
  const { set } = await log.load('large', 1);
  expect(set.size).toBe(20_000);
  expect(set.of('k').get('entry-19999')).toEqual({ says: 'x'.repeat(100), i: 19_999 });
});

test('a missing reason is not stored', async () => {
  await log.append({ ...facts('reason', 1), reason: undefined }, [put('a')]);
  await log.append({ ...facts('reason', 2), reason: 'a new store' }, [put('b')]);
  const versions = await store.policies.versions('reason', { limit: 2 });
  expect(versions.map((version) => ('reason' in version ? version.reason : 'none'))).toEqual([
    'none',
    'a new store',
  ]);
});

test('an incomplete log is refused, since a missing change may be a restriction', async () => {
  for (const version of [1, 2, 3]) await log.append(facts('gap', version), [put(`${version}`)]);
  const without = (version: number): PolicyLog =>
    damaged({
      versions: async (...args) =>
        (await store.policies.versions(...args)).filter((found) => found.version !== version),
    });
  for (const version of [1, 2, 3])
    await expect(without(version).load('gap', 3)).rejects.toMatchObject({ code: 'store-damaged' });
  await expect(log.load('gap', 4)).rejects.toMatchObject({ code: 'store-damaged' });
  await expect(damaged({ part: async () => undefined }).load('large', 1)).rejects.toMatchObject({
    code: 'store-damaged',
  });
});
