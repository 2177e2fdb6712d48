import { applicationOfFile } from './application.js';
import { Visitor } from './visitor.js';

const app = applicationOfFile();

const NEEDS_LOGIN = [
  '/',
  '/tasks',
  '/tasks/x',
  '/start',
  '/start/Order%20Pizza/start_order',
  '/instances',
  '/instances/x',
  '/nowhere',
];

test.each(NEEDS_LOGIN)('%s leads to the login', async (path) => {
  const answer = await new Visitor(app.address).get(path);
  expect(answer.path).toBe('/login');
});

test('a login leads back to the page that was wanted', async () => {
  const visitor = new Visitor(app.address);
  await visitor.get('/instances');
  const answer = await visitor.post('/login', { userName: 'user1', password: 'demo-first-1' });
  expect(answer.path).toBe('/instances');
});

test('a login does not lead to what a page asked for by itself', async () => {
  const visitor = new Visitor(app.address, { 'sec-fetch-dest': 'image' });
  await visitor.get('/favicon.ico');
  expect((await visitor.post('/login', { userName: 'user1', password: 'demo-first-1' })).path).toBe('/tasks');
});

test('a login never leads to another server', async () => {
  const visitor = new Visitor(app.address);
  await fetch(`${app.address}//example.org/x`, { redirect: 'manual' });
  await visitor.get('/login');
  const answer = await visitor.post('/login', { userName: 'user1', password: 'demo-first-1' });
  expect(answer.path).toBe('/tasks');
});

test.each([
  ['a wrong password', { userName: 'user1', password: 'wrong' }],
  ['an unknown user', { userName: 'nobody', password: 'demo-first-1' }],
  ['a name in other letters', { userName: 'USER1', password: 'demo-first-1' }],
  ['no password', { userName: 'user1', password: '' }],
  ['no name', { userName: '', password: 'demo-first-1' }],
  ['the name of a prototype', { userName: '__proto__', password: 'x' }],
])('%s is refused in the same words', async (_, fields) => {
  const visitor = new Visitor(app.address);
  await visitor.get('/login');
  const answer = await visitor.post('/login', fields);
  expect(answer.status).toBe(401);
  expect(answer.text).toContain('The user name or the password is wrong.');
  expect((await visitor.get('/tasks')).path).toBe('/login');
});

test('what was typed as a user name comes back escaped', async () => {
  const visitor = new Visitor(app.address);
  await visitor.get('/login');
  const answer = await visitor.post('/login', { userName: '"><script>alert(1)</script>', password: 'x' });
  expect(answer.text).not.toContain('<script>');
  expect(answer.text).toContain('&quot;&gt;&lt;script&gt;');
});

test('the session id changes at the login, the cookie is out of reach of scripts', async () => {
  const visitor = new Visitor(app.address);
  const page = await visitor.get('/login');
  expect(page.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
  const before = [...visitor.cookies.values()];
  await visitor.login('user1');
  expect([...visitor.cookies.values()]).not.toEqual(before);
  expect(before).toHaveLength(1);
});

test('a logout ends the session, including copies of its cookie', async () => {
  const visitor = new Visitor(app.address);
  await visitor.login('user1');
  const copy = new Visitor(app.address);
  for (const [name, value] of visitor.cookies) copy.cookies.set(name, value);
  expect((await copy.get('/tasks')).path).toBe('/tasks');
  await visitor.post('/logout');
  expect((await visitor.get('/tasks')).path).toBe('/login');
  expect((await copy.get('/tasks')).path).toBe('/login');
});

test.each([
  ['without a token', null],
  ['with a made-up token', 'x'.repeat(43)],
  ['with an empty token', ''],
])('a form %s is refused, and nothing happens', async (_, token) => {
  const visitor = new Visitor(app.address);
  await visitor.login('user1');
  const answer = await visitor.post('/start/Request%20Vacation/start_vacation', {}, token);
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('Nothing was changed');
  expect((await visitor.get('/instances')).text).toContain('You have no instances yet');
});

test('the token of another session is refused', async () => {
  const [one, other] = [new Visitor(app.address), new Visitor(app.address)];
  const stolen = /name="_csrf" value="([^"]+)"/.exec((await other.get('/login')).text)?.[1];
  await one.login('user1');
  expect(stolen).toBeDefined();
  expect((await one.post('/logout', {}, stolen)).status).toBe(403);
});

test('a form that is too large is refused', async () => {
  const visitor = new Visitor(app.address);
  await visitor.login('user1');
  const answer = await visitor.post('/start/Request%20Vacation/start_vacation', {
    reason: 'x'.repeat(100_000),
  });
  expect(answer.status).toBe(413);
  expect(answer.text).not.toContain('node_modules');
});

test('pages load nothing from other hosts and are not cached', async () => {
  const { headers } = await new Visitor(app.address).get('/login');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-powered-by')).toBeNull();
});
