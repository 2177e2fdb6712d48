import { scryptSync } from 'node:crypto';
import { startSample, type Started } from './started.js';
import type { Visitor } from './visitor.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
});
afterAll(() => app?.remove());

/** Another browser with a copy of the cookies. */
function copyOf(visitor: Visitor): Visitor {
  const copy = app.visitor();
  for (const [name, value] of visitor.cookies) copy.cookies.set(name, value);
  return copy;
}

test('a new password takes effect at once and ends all other sessions of the user', async () => {
  const [here, elsewhere] = [await app.login('user1'), await app.login('user1')];
  const before = copyOf(here);
  await here.get('/account');
  const answer = await here.post('/account/password', {
    old: 'demo-first-1',
    password: 'a new password',
    again: 'a new password',
  });
  expect([answer.path, answer.status]).toEqual(['/account', 200]);
  expect(answer.text).toContain('Your password is changed.');
  expect((await here.get('/tasks')).path).toBe('/tasks');
  expect((await elsewhere.get('/tasks')).path).toBe('/login');
  expect((await before.get('/tasks')).path).toBe('/login');
  const again = app.visitor();
  expect((await again.login('user1', 'demo-first-1')).status).toBe(401);
  expect((await again.login('user1', 'a new password')).path).toBe('/tasks');
});

test.each([
  [
    'a wrong old password',
    { old: 'wrong', password: 'a new password', again: 'a new password' },
    403,
    'That is not your old password.',
  ],
  [
    'no old password',
    { old: '', password: 'a new password', again: 'a new password' },
    403,
    'That is not your old password.',
  ],
  [
    'two new passwords that differ',
    { old: 'demo-second-2', password: 'a new password', again: 'another one' },
    400,
    'The two new passwords differ.',
  ],
  [
    'a new password that is too short',
    { old: 'demo-second-2', password: 'short', again: 'short' },
    400,
    'A password must be a text of 8 to 1024 characters.',
  ],
  [
    'a new password that many people have',
    { old: 'demo-second-2', password: 'Password123', again: 'Password123' },
    400,
    'This password is too common and easily guessed; choose another.',
  ],
  [
    'their own name as password',
    { old: 'demo-fourth-4', password: 'Reviewer', again: 'Reviewer' },
    400,
    'A password may not contain the user name.',
  ],
])('%s changes nothing, and the page says why', async (_what, fields, status, says) => {
  const userName = fields.old === 'demo-fourth-4' ? 'reviewer' : 'user2';
  const visitor = await app.login(userName);
  await visitor.get('/account');
  const answer = await visitor.post('/account/password', fields);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(says);
  expect(answer.text).not.toContain(`value="${fields.password}"`);
  expect((await app.visitor().login(userName)).path).toBe('/tasks');
});

test('a password is not changed by a form of another site', async () => {
  const visitor = await app.login('user2');
  await visitor.get('/account');
  const fields = { old: 'demo-second-2', password: 'a new password', again: 'a new password' };
  expect((await visitor.post('/account/password', fields, null)).status).toBe(403);
  const foreign = copyOf(visitor);
  const sent = await fetch(`${app.address}/account/password`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'sec-fetch-site': 'cross-site',
      cookie: [...foreign.cookies].map((pair) => pair.join('=')).join('; '),
    },
    body: new URLSearchParams({ ...fields, _csrf: visitor.csrf }),
  });
  expect(sent.status).toBe(403);
  expect((await app.visitor().login('user2')).path).toBe('/tasks');
});

test('the login replaces a session that a stranger began', async () => {
  const stranger = app.visitor();
  await stranger.get('/login');
  const victim = copyOf(stranger);
  await victim.login('baker');
  expect((await victim.get('/tasks')).path).toBe('/tasks');
  expect([...victim.cookies]).not.toEqual([...stranger.cookies]);
  expect((await stranger.get('/tasks')).path).toBe('/login');
});

test.each(['s%3Aplanted.signature', 'planted', 's%3A..%2F..%2Fx.y', ''])(
  'an invented session id (%s) is not accepted',
  async (id) => {
    const visitor = app.visitor();
    visitor.cookies.set('workflow.sid', id);
    await visitor.get('/login');
    expect(visitor.cookies.get('workflow.sid')).not.toBe(id);
    await visitor.login('baker');
    expect(visitor.cookies.get('workflow.sid')).not.toContain('planted');
  },
);

test('the token of the forms changes with the login', async () => {
  const visitor = app.visitor();
  await visitor.get('/login');
  const before = visitor.csrf;
  await visitor.login('baker');
  expect(visitor.csrf).not.toBe(before);
  expect((await visitor.post('/logout', {}, before)).status).toBe(403);
});

test('a hash of before is renewed at a login, and the session of that login holds', async () => {
  const salt = Buffer.alloc(16, 7);
  const weak = `scrypt$1024$8$1$${salt.toString('base64url')}$${scryptSync('demo-sixth-6', salt, 32, { N: 1024, r: 8, p: 1 }).toString('base64url')}`;
  const user = await app.guard.store.users.find('designer');
  await app.guard.store.users.put({ ...user!, passwordHash: weak });
  const visitor = await app.login('designer');
  expect((await visitor.get('/tasks')).path).toBe('/tasks');
  const renewed = (await app.guard.store.users.find('designer'))?.passwordHash;
  expect(renewed).toMatch(/^scrypt\$16384\$8\$5\$/);
  await app.login('designer');
  expect((await app.guard.store.users.find('designer'))?.passwordHash).toBe(renewed);
});
