import { startSample, type Started } from './started.js';
import type { Visitor } from './visitor.js';

let app: Started;
let admin: Visitor;
beforeAll(async () => {
  app = await startSample();
  admin = await app.login('admin');
});
afterAll(() => app?.remove());

async function add(fields: Record<string, string>) {
  await admin.get('/users');
  return admin.post('/users', { groups: '', supervisor: '', password: 'first password', ...fields });
}
async function change(userName: string, action: string, fields: Record<string, string> = {}) {
  const address = `/users/${encodeURIComponent(userName)}`;
  await admin.get(address);
  return admin.post(`${address}${action}`, fields);
}

test('an administrator adds a user, who can sign in and do what the groups allow', async () => {
  const answer = await add({ userName: 'carol', groups: 'employees, Reviewer', supervisor: 'boss' });
  expect(answer.text).toContain('carol is added.');
  expect(await app.users.find('carol')).toMatchObject({
    userGroups: ['employees', 'Reviewer'],
    attributes: { supervisor: 'boss' },
  });
  const carol = app.visitor();
  expect((await carol.login('carol', 'first password')).path).toBe('/tasks');
  expect((await carol.get('/start')).text).toContain('Expense Claim');
});

test.each([
  ['a name that is taken', { userName: 'user1' }, 409, 'This user name is not available.'],
  [
    'a password that is too short',
    { userName: 'dave', password: 'short' },
    400,
    'A password must be a text of 8 to 1024 characters.',
  ],
  ['no name', { userName: ' ' }, 400, 'userName must be a non-empty string'],
  ['the name of a program', { userName: 'key:robot' }, 400, 'are reserved'],
  [
    'the group of the system',
    { userName: 'dave', groups: 'SYSTEM' },
    403,
    'You may not administer members of SYSTEM.',
  ],
])('%s: nobody is added, and the form comes back with the reason', async (_what, fields, status, says) => {
  const before = (await app.users.list()).length;
  const answer = await add({ groups: 'kept', ...fields });
  expect([answer.status, answer.path]).toEqual([status, '/users']);
  expect(answer.text).toContain(says);
  expect(answer.text).toMatch(/name="groups"\s+value="(kept|SYSTEM)"/);
  expect(answer.text).not.toContain('first password');
  expect((await app.users.list()).length).toBe(before);
});

test('a disabled user is signed out at the next request and cannot sign in', async () => {
  await add({ userName: 'erin' });
  const erin = app.visitor();
  await erin.login('erin', 'first password');
  const waiting = await erin.post('/start/Order%20Pizza/start_order', {
    pizza: 'funghi',
    pieces: '1',
    address: 'x',
  });
  expect(waiting.status).toBe(200);
  expect((await change('erin', '/disable')).text).toContain('erin is disabled and signed out.');
  expect(
    (await erin.post('/start/Order%20Pizza/start_order', { pizza: 'funghi', pieces: '1', address: 'x' }))
      .path,
  ).toBe('/login');
  expect((await erin.get('/tasks')).path).toBe('/login');
  expect((await app.visitor().login('erin', 'first password')).status).toBe(401);
  await expect(app.guard.as({ userName: 'erin' }).data.findItems({})).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  expect((await change('erin', '/enable')).text).toContain('erin may sign in again.');
  expect((await app.visitor().login('erin', 'first password')).path).toBe('/tasks');
});

test('a change of groups takes effect at the next request', async () => {
  await add({ userName: 'frank', supervisor: 'boss' });
  const frank = app.visitor();
  await frank.login('frank', 'first password');
  expect((await frank.get('/start')).text).not.toContain('Expense Claim');
  await change('frank', '', { groups: 'employees', supervisor: '' });
  expect((await frank.get('/start')).text).toContain('Expense Claim');
  expect((await app.users.find('frank'))?.attributes).toEqual({});
});

test('a form does not undo what somebody else has changed since it was shown', async () => {
  await add({ userName: 'helen', groups: 'employees' });
  const [mine, other] = [app.visitor(), await app.login('admin')];
  await mine.login('admin');
  await mine.get('/users/helen');
  await other.get('/users/helen');
  await other.post('/users/helen', { groups: 'employees, Reviewer', supervisor: 'boss' });
  const answer = await mine.post('/users/helen', { groups: 'managers', supervisor: '' });
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('was changed since this form was shown');
  expect(answer.text).toContain('value="employees, Reviewer"');
  expect(await app.users.find('helen')).toMatchObject({
    userGroups: ['employees', 'Reviewer'],
    attributes: { supervisor: 'boss' },
  });
  expect((await mine.post('/users/helen', { groups: 'managers', supervisor: '' })).text).toContain(
    'helen is changed.',
  );
});

test('a password that an administrator sets ends the sessions of the user', async () => {
  await add({ userName: 'grace' });
  const grace = app.visitor();
  await grace.login('grace', 'first password');
  expect((await change('grace', '/password', { password: 'second password' })).text).toContain(
    'grace has a new password.',
  );
  expect((await grace.get('/tasks')).path).toBe('/login');
  expect((await app.visitor().login('grace', 'first password')).status).toBe(401);
  expect((await app.visitor().login('grace', 'second password')).path).toBe('/tasks');
});

test('names with all kinds of letters have pages too', async () => {
  const userName = 'a/b ?#% "<i>ü';
  expect((await add({ userName })).text).toContain('&lt;i&gt;ü is added.');
  expect((await change(userName, '/disable')).text).toContain('is disabled and signed out.');
  expect((await app.users.find(userName))?.disabled).toBe(true);
});

test('administrators cannot disable their own account', async () => {
  expect((await admin.get('/users/admin')).text).toContain('another administrator has to disable you');
  expect((await change('admin', '/disable')).status).toBe(404);
  expect((await app.users.find('admin'))?.disabled).toBe(false);
});

test('administrators cannot give up their own administration: nothing of the form is stored', async () => {
  const before = await app.users.find('admin');
  const answer = await change('admin', '', { groups: 'employees', supervisor: 'boss' });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('another administrator has to remove you from ADMIN');
  expect(await app.users.find('admin')).toEqual(before);
  expect((await change('admin', '', { groups: 'ADMIN, employees', supervisor: 'boss' })).text).toContain(
    'admin is changed.',
  );
  expect(await app.users.find('admin')).toMatchObject({
    userGroups: ['ADMIN', 'employees'],
    attributes: { supervisor: 'boss' },
  });
});

const ACTIONS = ['', '/disable', '/enable', '/password'];
test('users who are not administrators neither see nor change users', async () => {
  const user = await app.login('user1');
  expect((await user.get('/tasks')).text).not.toContain('href="/users"');
  for (const path of ['/users', '/users/boss', '/users/absent'])
    expect((await user.get(path)).status).toBe(403);
  await user.get('/tasks');
  const before = JSON.stringify(await app.guard.store.users.list());
  expect(
    (await user.post('/users', { userName: 'mallory', groups: 'ADMIN', password: 'first password' })).status,
  ).toBe(403);
  for (const action of ACTIONS)
    expect(
      (await user.post(`/users/boss${action}`, { groups: 'ADMIN', password: 'first password' })).status,
    ).toBe(403);
  expect(JSON.stringify(await app.guard.store.users.list())).toBe(before);
});

test('an absent user is not found', async () => {
  expect((await admin.get('/users/absent')).status).toBe(404);
  expect((await change('absent', '/disable')).status).toBe(404);
});

test('changes of users are in the audit trail', async () => {
  const entries = await app.guard.store.audit.find({ userName: 'admin', limit: 200 });
  const names = entries.map(({ resource }) => (resource as { name?: string }).name);
  expect(names).toEqual(
    expect.arrayContaining(['add user', 'change user', 'disable user', 'enable user', 'set password']),
  );
  expect(JSON.stringify(entries)).not.toMatch(/first password|second password|scrypt\$/);
});
