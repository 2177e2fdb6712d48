import { OVER_HTTPS, PRODUCTION, startSample, type Started } from './started.js';

const NAME = 'workflow.sid';
let app: Started;
let production: Started;

beforeAll(async () => {
  app = await startSample({ API_KEY: 'key-of-a-program' });
  production = await startSample(PRODUCTION);
  await production.users.add({ userName: 'alice', userGroups: ['ADMIN'] }, 'correct horse');
});
afterAll(async () => {
  await app?.remove();
  await production?.remove();
});

const ANSWERS: [string, string, RequestInit][] = [
  ['a page', '/login', {}],
  ['a redirect', '/tasks', { redirect: 'manual' }],
  ['a file', '/style.css', {}],
  ['a refused form', '/login', { method: 'POST' }],
  ['an address that cannot be decoded', '/%E0%A4%A', { redirect: 'manual' }],
  ['the REST face', '/api/status', {}],
  ['a REST route that is none', '/api/nothing', {}],
  ['the page to try the REST face', '/docs', {}],
  ['health', '/healthz', {}],
];

test.each(ANSWERS)('%s cannot be framed, guessed or sent elsewhere', async (_what, path, init) => {
  const { headers } = await fetch(app.address + path, init);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*|https?:/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
  expect(headers.get('referrer-policy')).toMatch(/^(same-origin|no-referrer)$/);
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('permissions-policy')).toContain('camera=()');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('server')).toBeNull();
});

test('pages may have no scripts, and forms go to this server', async () => {
  const policy = (await fetch(`${app.address}/login`)).headers.get('content-security-policy');
  expect(policy).not.toContain('script-src');
  expect(policy).toContain("form-action 'self'");
  expect(policy).toContain("base-uri 'none'");
});

test('pages hold nothing that their policy forbids', async () => {
  const admin = await app.login('admin');
  for (const path of [
    '/login',
    '/tasks',
    '/start',
    '/instances',
    '/users',
    '/users/user1',
    '/account',
    '/nowhere',
  ]) {
    expect((await admin.get(path)).text).not.toMatch(
      /<script|\sstyle=|<style|\son[a-z]+=|javascript:|https?:\/\//,
    );
  }
});

test('pages are not cached, files are', async () => {
  expect((await fetch(`${app.address}/login`)).headers.get('cache-control')).toBe('no-store');
  expect((await fetch(`${app.address}/style.css`)).headers.get('cache-control')).toBe('public, max-age=3600');
});

test('in development scripts and other sites cannot reach the cookie', async () => {
  const cookie = (await app.visitor().get('/login')).headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(new RegExp(`^${NAME}=`));
  expect(cookie).toMatch(/Path=\/;.*HttpOnly; SameSite=Lax$/);
  expect(cookie).not.toContain('Secure');
});

test('in production the cookie goes over HTTPS only, and no other host can set it', async () => {
  const visitor = production.visitor(OVER_HTTPS);
  const cookie = (await visitor.get('/login')).headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(new RegExp(`^__Host-${NAME}=`));
  expect(cookie).toMatch(/Path=\/;.*HttpOnly; Secure; SameSite=Lax$/);
  expect(cookie).not.toMatch(/domain=/i);
  await visitor.login('alice', 'correct horse');
  expect((await visitor.get('/tasks')).path).toBe('/tasks');
});

test('in production the cookie is cleared with its own attributes, so that browsers comply', async () => {
  const visitor = production.visitor(OVER_HTTPS);
  await visitor.login('alice', 'correct horse');
  const sent = await fetch(`${production.address}/logout`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...OVER_HTTPS, cookie: [...visitor.cookies].map((pair) => pair.join('=')).join('; ') },
    body: new URLSearchParams({ _csrf: visitor.csrf }),
  });
  expect(sent.status).toBe(303);
  expect(sent.headers.get('set-cookie')).toMatch(
    new RegExp(
      `^__Host-${NAME}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax$`,
    ),
  );
});

test('in production without HTTPS nobody can sign in, and the log says why', async () => {
  const visitor = production.visitor();
  expect((await visitor.get('/login')).headers.get('set-cookie')).toBeNull();
  expect((await visitor.post('/login', { userName: 'alice', password: 'correct horse' })).status).toBe(403);
  expect(production.log.filter((line) => line.includes('without HTTPS'))).toHaveLength(1);
});
