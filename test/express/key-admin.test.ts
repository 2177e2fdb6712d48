import { apiKeys, createGuard, keyAdmin, openStore, type ApiKeys, type Guard, type Store } from 'bpmn-guard';
import { ADMIN_USER, refusal, SILENT } from '../support/guards.js';

const NO_ANSWER = new Error('The store does not answer.');
let store: Store;
let guard: Guard;
let keys: ApiKeys;
beforeEach(async () => {
  store = await openStore({ memory: true });
  guard = await createGuard({ env: {}, store, logger: SILENT });
  keys = apiKeys(store, { env: {} });
});
afterEach(() => guard.close());

test('a key that is revoked is answered and recorded as revoked, though the keys cannot be read again', async () => {
  let reads = 0;
  const list: ApiKeys['list'] = () => (++reads > 1 ? Promise.reject(NO_ANSWER) : keys.list());
  const admin = keyAdmin(guard, { ...keys, list });
  await keys.create('ci', { tenantId: null });
  await keys.create('other', { tenantId: null });
  const { key } = await keys.create('erp', { tenantId: null });
  expect(await admin.revoke('erp', ADMIN_USER)).toBe(true);
  expect(reads).toBe(2);
  const [entry] = await store.audit.find({ userName: 'admin', limit: 1 });
  expect(entry).toMatchObject({
    answer: 'allowed',
    resource: { name: 'revoke key', id: 'erp' },
    before: { id: key.id, revoked: null },
    after: { id: key.id, revoked: expect.any(Date) },
  });
});

/** The store, of whose values every call of that name from a time on fails. */
const failing = (name: 'set' | 'entries', isDown: () => boolean): Pick<Store, 'values'> => ({
  values: (namespace) => {
    const values = store.values(namespace);
    const given = values[name] as (...args: unknown[]) => Promise<unknown>;
    const call = async (...args: unknown[]): Promise<unknown> => {
      // It is done, and the answer is lost.
      const done = await given.apply(values, args);
      if (isDown()) throw NO_ANSWER;
      return done;
    };
    return Object.assign(Object.create(values) as typeof values, { [name]: call });
  },
});

test('a key whose creation failed does not keep others from its name', async () => {
  let calls = 0;
  const flaky = apiKeys(
    failing('entries', () => ++calls === 2),
    { env: {} },
  );
  await expect(flaky.create('ci')).rejects.toBe(NO_ANSWER);
  expect(await keys.list()).toEqual([]);
  await keys.create('ci');
});

test('a key is refused at once where it is not known whether it was revoked', async () => {
  let isDown = false;
  const flaky = apiKeys(
    failing('set', () => isDown),
    { env: {} },
  );
  const { text, key } = await flaky.create('ci');
  expect(await flaky.find(text)).toEqual(key);
  isDown = true;
  await expect(flaky.revoke('ci')).rejects.toBe(NO_ANSWER);
  expect(await flaky.find(text)).toBeUndefined();
});

test('a key that is not in use is not revoked', async () => {
  const admin = keyAdmin(guard, keys);
  expect(await admin.revoke('ci', ADMIN_USER)).toBe(false);
  expect(await refusal(admin.revoke('ci', { userName: 'ann' }))).toMatchObject({ code: 'forbidden' });
});
