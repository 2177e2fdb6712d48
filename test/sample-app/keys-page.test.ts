import { apiKeys, type AuditEntry } from 'bpmn-guard';
import { eventually } from '../support/guards.js';
import { expiredKey } from '../support/expired-key.js';
import { startSample, type Started } from './started.js';
import type { Visitor } from './visitor.js';

const API_KEY = 'key-of-a-program';
let app: Started;
let admin: Visitor;
const texts: Record<string, string> = {};

beforeAll(async () => {
  app = await startSample({ API_KEY });
  const keys = apiKeys(app.guard.store, { env: {} });
  const make = async (name: string, options: Parameters<typeof keys.create>[1]) => {
    texts[name] = (await keys.create(name, options)).text;
  };
  // What the application has read of its keys is used for 5 s: all are made before it reads them.
  await make('erp', { tenantId: null, actsFor: { users: ['user1', '<b>'], groups: ['employees'] } });
  await make('robot', { tenantId: null, groups: ['employees'], expires: new Date(Date.now() + 86_400_000) });
  texts.short = (await expiredKey(keys, 'short', { tenantId: null, actsFor: 'anyone' })).text;
  await make('acme', { tenantId: 'acme' });
  await make('everywhere', { actsFor: 'anyone' });
  admin = await app.login('admin');
});
afterAll(() => app?.remove());

const call = async (name: string): Promise<number> =>
  (await fetch(`${app.address}/api/definitions/list`, { headers: { 'x-api-key': texts[name] ?? '' } }))
    .status;

/** The row of a key on the page. */
async function row(name: string, of = admin): Promise<string | undefined> {
  const { text } = await of.get('/keys');
  return text
    .match(/<tr>[\s\S]*?<\/tr>/g)
    ?.find((found) => new RegExp(`<th scope="row">\\s*${name}\\s*</th>`).test(found));
}
const idOf = async (name: string): Promise<string> =>
  (await apiKeys(app.guard.store, { env: {} }).list()).find((key) => key.name === name)?.id ?? '';

test('the page says of each key for whom it acts, until when, and when it was used; never its text', async () => {
  expect((await admin.get('/tasks')).text).toContain('href="/keys"');
  const erp = await row('erp');
  expect(erp).toContain('users user1, &lt;b&gt;; groups employees');
  expect(erp).toContain('never');
  expect(erp).toContain('in use');
  expect(erp).not.toContain('<time');
  const robot = await row('robot');
  expect(robot).toContain('itself');
  expect(robot?.match(/<time/g)).toHaveLength(1);
  const short = await row('short');
  expect(short).toContain('every user');
  expect(short).toContain('expired');
  expect(short).not.toContain('/revoke');
  const { text } = await admin.get('/keys');
  expect(text).toContain('There is the key of API_KEY too');
  for (const secret of [API_KEY, ...Object.values(texts)]) expect(text).not.toContain(secret);
  expect(await call('robot')).toBe(200);
  expect(await eventually(async () => (await row('robot'))?.match(/<time/g)?.length === 2)).toBe(true);
});

test('a revoked key is refused from the next call on, and the audit trail names who revoked it', async () => {
  expect(await call('erp')).toBe(200);
  await admin.get('/keys');
  const address = `/keys/${await idOf('erp')}/revoke`;
  expect((await admin.post(address)).text).toContain('The key erp is revoked.');
  expect(await call('erp')).toBe(401);
  expect(await call('robot')).toBe(200);
  expect(await row('erp')).toContain('revoked');
  expect(await row('erp')).not.toContain('/revoke');
  const entries: AuditEntry[] = await app.guard.store.audit.find({ userName: 'admin', limit: 50 });
  expect(entries.find(({ resource }) => resource.name === 'revoke key')).toMatchObject({
    operation: 'system:policy',
    answer: 'allowed',
    resource: { id: 'erp' },
    before: { revoked: null },
    after: { revoked: expect.any(Date) },
  });
  expect((await admin.post(address)).text).toContain('The key erp was no longer in use.');
});

test.each(['acme', 'everywhere'])('the key %s of others is neither seen nor revoked', async (name) => {
  expect(await row(name)).toBeUndefined();
  expect((await admin.post(`/keys/${await idOf(name)}/revoke`)).status).toBe(404);
  expect(await call(name)).toBe(200);
});

test('a member of SYSTEM sees keys for any tenant, and revokes the one of the row', async () => {
  await app.users.add({ userName: 'root', userGroups: ['SYSTEM'] }, 'a long first word');
  const root = app.visitor();
  await root.login('root', 'a long first word');
  expect(await row('acme', root)).toContain('acme');
  expect(await row('everywhere', root)).toContain('any');
  expect((await root.post(`/keys/${await idOf('everywhere')}/revoke`)).text).toContain('is revoked.');
  expect(await call('everywhere')).toBe(401);
  expect(await call('acme')).toBe(200);
});

test('users who are not administrators neither see nor revoke keys', async () => {
  const user = await app.login('user1');
  expect((await user.get('/tasks')).text).not.toContain('href="/keys"');
  expect((await user.get('/keys')).status).toBe(403);
  await user.get('/tasks');
  expect((await user.post(`/keys/${await idOf('robot')}/revoke`)).status).toBe(403);
  expect(await call('robot')).toBe(200);
});

test('a form of another page cannot revoke a key, and a missing key is not found', async () => {
  await admin.get('/keys');
  expect((await admin.post(`/keys/${await idOf('robot')}/revoke`, {}, null)).status).toBe(403);
  expect(await call('robot')).toBe(200);
  expect((await admin.post('/keys/0000000000000000/revoke')).status).toBe(404);
});
