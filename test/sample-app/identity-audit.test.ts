import type { AuditEntry } from 'bpmn-guard';
import { startSample, type Started } from './started.js';

let app: Started;
beforeAll(async () => {
  app = await startSample({}, { loginsByAddress: { windowMs: 60_000, limit: 1000 } });
});
afterAll(() => app?.remove());

const entries = async (operation: string): Promise<AuditEntry[]> =>
  (await app.guard.store.audit.find({ limit: 1000 })).filter((entry) => entry.operation === operation);
const newest = async (operation: string): Promise<AuditEntry | undefined> => (await entries(operation))[0];
const LOOPBACK = expect.stringMatching(/^(?:::ffff:)?127\.0\.0\.1$|^::1$/);

test('a login and a logout are recorded, with who and from where', async () => {
  const visitor = await app.login('user1');
  expect(await newest('login')).toMatchObject({
    userName: 'user1',
    answer: 'allowed',
    address: LOOPBACK,
    resource: { kind: 'system', name: 'session' },
  });
  await visitor.post('/logout');
  expect(await newest('logout')).toMatchObject({ userName: 'user1', answer: 'allowed', address: LOOPBACK });
});

test('a refused login is recorded with the address, and with the name where there is such a user', async () => {
  const visitor = app.visitor();
  await visitor.login('user1', 'not the password');
  expect(await newest('login')).toMatchObject({
    userName: null,
    answer: 'refused',
    reason: 'unauthenticated',
    address: LOOPBACK,
    resource: { id: 'user1' },
  });
  await visitor.login('my secret password', 'x');
  const [entry] = await entries('login');
  expect(entry).toMatchObject({ userName: null, answer: 'refused' });
  expect(JSON.stringify(entry)).not.toContain('secret');
});

test('a logout without a login leaves no entry', async () => {
  const before = (await entries('logout')).length;
  const visitor = app.visitor();
  await visitor.get('/login');
  await visitor.post('/logout');
  expect((await entries('logout')).length).toBe(before);
});

test('the audit trail has groups and rights before and after a change', async () => {
  const admin = await app.login('admin');
  await admin.get('/users/user2');
  await admin.post('/users/user2', { groups: 'employees, auditors', supervisor: 'boss' });
  const last = async (what: string): Promise<AuditEntry | undefined> =>
    (await app.guard.store.audit.find({ userName: 'admin', limit: 20 })).find(
      ({ resource }) => resource.name === what,
    );
  expect(await last('change user')).toMatchObject({
    resource: { id: 'user2' },
    before: { userGroups: ['employees'], rights: [], disabled: false, attributes: ['supervisor'] },
    after: { userGroups: ['employees', 'auditors'], rights: [], disabled: false },
  });
  await admin.get('/users/user2');
  await admin.post('/users/user2/disable');
  expect(await last('disable user')).toMatchObject({
    before: { disabled: false },
    after: { disabled: true },
  });
  await admin.post('/users', { userName: 'new', groups: 'employees', password: 'a good long word' });
  expect(await last('add user')).toMatchObject({
    after: { userGroups: ['employees'], disabled: false },
  });
});
