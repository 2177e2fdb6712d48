import { scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { apiKeys } from 'bpmn-guard';
import { end, model, script, start } from '../support/models.js';
import { startSample, type Started } from './started.js';

/** Longer than these tests take on a busy machine. */
const WINDOW = 600_000;
const soon = (limit: number) => ({ windowMs: WINDOW, limit });
const WRONG_KEY = `bg_${'0'.repeat(16)}_${'x'.repeat(43)}`;
const API_KEY = 'key-of-a-program';
/** Behind a proxy that is trusted; the tests call from addresses of their own. */
let app: Started;
/** Calls with one key. */
const CALLS = 20;
/** With nothing in front. */
let direct: Started;

beforeAll(async () => {
  app = await startSample(
    { API_KEY, TRUST_PROXY: '1' },
    {
      loginsByName: soon(3),
      loginsByAddress: soon(5),
      strangers: soon(40),
      keysByAddress: soon(3),
      callsByKey: soon(CALLS),
    },
  );
  direct = await startSample({ API_KEY }, { loginsByAddress: soon(3), keysByAddress: soon(3) });
  const slow = model([
    start(),
    script('wait', 'await new Promise(function (resolve) { setTimeout(resolve, 500); });'),
    end(),
  ]);
  await direct.guard.as({ userName: 'admin' }).model.save('slow', slow);
});
afterAll(async () => {
  await app?.remove();
  await direct?.remove();
});

/**
 * A signal that aborts after so many milliseconds. The timer holds its controller, while a signal of
 * AbortSignal.timeout() may be collected as garbage before it fires.
 */
function abortedAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

const from = (address: string) => ({ 'x-forwarded-for': address });

/** Tries to sign in; resolves to the status and what Retry-After says. */
async function tryLogin(
  userName: string,
  password: string,
  headers: Record<string, string>,
  at = app,
): Promise<[status: number, wait: string | null]> {
  const visitor = at.visitor(headers);
  await visitor.get('/login');
  const answer = await visitor.post('/login', { userName, password });
  return [answer.status, answer.headers.get('retry-after')];
}
const statusOf = async (...args: Parameters<typeof tryLogin>): Promise<number> =>
  (await tryLogin(...args))[0];

const call = (key: string | undefined, address: string): Promise<Response> =>
  fetch(`${app.address}/api/definitions/list`, {
    headers: { ...from(address), ...(key === undefined ? {} : { 'x-api-key': key }) },
  });

test('wrong passwords for one name are limited from wherever, the right one has to wait, and other names do not', async () => {
  for (let i = 0; i < 3; i += 1) expect(await statusOf('user1', 'wrong', from(`10.1.0.${i}`))).toBe(401);
  for (const name of ['user1', ' USER1 ']) {
    const [status, wait] = await tryLogin(name, 'demo-first-1', from('10.1.1.1'));
    expect(status).toBe(429);
    expect(Number(wait)).toBeGreaterThan(0);
    expect(Number(wait)).toBeLessThanOrEqual(WINDOW / 1000);
  }
  expect(await statusOf('user2', 'demo-second-2', from('10.1.1.1'))).toBe(200);
});

test.each([
  ['the address', '?userName=reviewer', 'password=demo-fourth-4'],
  [
    'the address, while the form names others',
    '?userName=reviewer',
    'userName=a&userName=b&password=demo-fourth-4',
  ],
  ['the address, as the password is', '?userName=reviewer&password=demo-fourth-4', 'userName=reviewer'],
])('a name is not taken from %s, past the limit by name', async (_what, query, fields) => {
  const visitor = app.visitor(from('10.1.2.1'));
  await visitor.get('/login');
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { ...from('10.1.2.1'), cookie, 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(`${app.address}/login${query}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: `_csrf=${encodeURIComponent(visitor.csrf)}&${fields}`,
  });
  expect(answer.status).toBe(401);
});

test('wrong passwords from one address are limited, whatever the names; right ones do not count', async () => {
  for (let i = 0; i < 6; i += 1) expect(await statusOf('user2', 'demo-second-2', from('10.2.0.1'))).toBe(200);
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    expect(await statusOf(name, 'wrong', from('10.2.0.1'))).toBe(401);
  expect(await statusOf('f', 'wrong', from('10.2.0.1'))).toBe(429);
  expect(await statusOf('f', 'wrong', from('10.2.0.2'))).toBe(401);
});

test('a limited user gets a page that explains the wait', async () => {
  const visitor = app.visitor(from('10.3.0.1'));
  await visitor.get('/login');
  const answers = [];
  for (let i = 0; i < 4; i += 1)
    answers.push(await visitor.post('/login', { userName: 'boss', password: 'wrong' }));
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
  expect(answers[3]?.text).toContain('Please wait a while');
});

test('concurrent guesses are counted before they are compared', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 10 }, (_, i) => statusOf('baker', 'wrong', from(`10.4.0.${i}`))),
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(7);
});

test('a right password is not counted if its caller disconnects', async () => {
  const visitor = app.visitor(from('10.11.0.1'));
  await visitor.get('/login');
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const [userName, password] = ['patience', 'a long enough word'];
  await app.users.add({ userName, userGroups: [] }, password);
  // A hash that takes its time, so that the caller is gone before the password has been looked at.
  const [salt, cost] = [Buffer.alloc(16, 7), { N: 65536, r: 8, p: 3 }];
  const hash = scryptSync(password, salt, 32, { ...cost, maxmem: 2 ** 27 }).toString('base64url');
  const user = await app.guard.store.users.find(userName);
  await app.guard.store.users.put({
    ...user!,
    passwordHash: `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${hash}`,
  });
  const body = new URLSearchParams({ _csrf: visitor.csrf, userName, password });
  const hangUp = () =>
    fetch(`${app.address}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...from('10.11.0.1'), cookie },
      body,
      signal: abortedAfter(20),
    });
  // As many as the limit: those count until their passwords have been compared.
  for (let i = 0; i < 3; i += 1) await expect(hangUp()).rejects.toThrow();
  // Each counts until it has been compared. Asked seldom: strangers are limited, too.
  let status = 0;
  for (let wait = 250; status !== 200 && wait < 20_000; wait *= 1.5) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    status = await statusOf(userName, password, from('10.11.0.1'));
  }
  expect(status).toBe(200);
});

test('a caller behind a trusted proxy cannot make up addresses, since the last one counts', async () => {
  for (let i = 0; i < 5; i += 1)
    expect(await statusOf(`g${i}`, 'wrong', from(`10.0.0.${i}, 10.5.0.1`))).toBe(401);
  expect(await statusOf('g', 'wrong', from('10.0.0.99, 10.5.0.1'))).toBe(429);
});

test('without a trusted proxy no address that a header names is believed', async () => {
  for (let i = 0; i < 3; i += 1)
    expect(await statusOf(`h${i}`, 'wrong', from(`10.0.0.${i}`), direct)).toBe(401);
  expect(await statusOf('h', 'wrong', from('10.0.0.99'), direct)).toBe(429);
});

test('an old password is not guessed on their own account either', async () => {
  const visitor = app.visitor(from('10.6.0.1'));
  await visitor.login('designer');
  await visitor.get('/account');
  const guess = async () =>
    (
      await visitor.post('/account/password', {
        old: 'wrong',
        password: 'new-password',
        again: 'new-password',
      })
    ).status;
  expect([await guess(), await guess(), await guess(), await guess()]).toEqual([403, 403, 403, 429]);
});

test('strangers cannot fill the store with sessions; who has signed in is not limited with them', async () => {
  const visitor = app.visitor(from('10.7.0.1'));
  await visitor.login('admin');
  const sessions = async () => (await app.guard.store.values('sessions').entries()).length;
  const before = await sessions();
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => fetch(`${app.address}/login`, { headers: from('10.7.0.1') })),
  );
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(20);
  expect((await sessions()) - before).toBeLessThanOrEqual(40);
  expect((await visitor.get('/tasks')).status).toBe(200);
});

test('wrong keys from one address are limited with a real 429; a good key counts none', async () => {
  for (let i = 0; i < 5; i += 1) expect((await call(API_KEY, '10.8.0.1')).status).toBe(200);
  for (const key of [WRONG_KEY, 'guess', undefined]) expect((await call(key, '10.8.0.1')).status).toBe(401);
  const answer = await call(WRONG_KEY, '10.8.0.1');
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await answer.json()).toMatchObject({ status: 429, code: 'too-many' });
});

test('a valid key is not counted while its calls run, or if their caller disconnects', async () => {
  const init = {
    method: 'POST',
    headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'slow', userId: 'user1' }),
  };
  const startSlow = (more: RequestInit = {}) =>
    fetch(`${direct.address}/api/engine/start`, { ...init, ...more });
  expect(
    (await Promise.all(Array.from({ length: 6 }, () => startSlow()))).map(({ status }) => status),
  ).toEqual(Array(6).fill(200));
  for (let i = 0; i < 5; i += 1) await expect(startSlow({ signal: abortedAfter(100) })).rejects.toThrow();
  expect((await startSlow()).status).toBe(200);
  const wrong = () =>
    fetch(`${direct.address}/api/definitions/list`, { headers: { 'x-api-key': WRONG_KEY } });
  expect([await wrong(), await wrong(), await wrong(), await wrong()].map(({ status }) => status)).toEqual([
    401, 401, 401, 429,
  ]);
});

test('a valid key is not counted while its body arrives, or if that breaks off', async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
  const headers = { ...from('10.10.0.1'), 'content-type': 'application/json', 'content-length': '1000' };
  const upload = (key: string) => {
    const sent = request(`${app.address}/api/engine/start`, {
      method: 'POST',
      headers: { ...headers, 'x-api-key': key },
    });
    sent.on('error', () => undefined);
    sent.write('{"name": ');
    return sent;
  };
  const uploads = [];
  for (let i = 0; i < 5; i += 1) uploads.push(upload(API_KEY));
  await pause();
  expect((await call(API_KEY, '10.10.0.1')).status).toBe(200);
  for (const sent of uploads) sent.destroy();
  await pause();
  const refused = upload(WRONG_KEY);
  const [answer] = (await once(refused, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(401);
  refused.destroy();
  for (const status of [401, 401, 429]) expect((await call(WRONG_KEY, '10.10.0.1')).status).toBe(status);
});

test('calls with one key are limited wherever they come from, other keys are not', async () => {
  const keys = apiKeys(app.guard.store, { env: {} });
  const [one, other] = [(await keys.create('one')).text, (await keys.create('other')).text];
  const [acme, globex] = (await Promise.all(
    ['acme', 'globex'].map(
      async (tenantId) => (await keys.create('ci', { tenantId, actsFor: { users: ['user1'] } })).text,
    ),
  )) as [string, string];
  const refused = async (key: string): Promise<unknown> => {
    const answer = await fetch(`${app.address}/api/datastore/findItems`, {
      method: 'POST',
      headers: { ...from('10.9.2.1'), 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'user2' }),
    });
    return answer.json();
  };
  // What the application has read of its keys is used for 5 s.
  await new Promise((resolve) => setTimeout(resolve, 5_200));
  for (let i = 0; i < CALLS; i += 1) expect((await call(one, `10.9.0.${i}`)).status).toBe(200);
  const answer = await call(one, '10.9.1.1');
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([429, 'too-many']);
  expect((await call(other, '10.9.1.1')).status).toBe(200);
  // Refused calls count as well, and keys of one name in two tenants are two keys.
  for (let i = 0; i < CALLS; i += 1) expect(await refused(acme)).toMatchObject({ status: 403 });
  expect(await refused(acme)).toMatchObject({ code: 'too-many' });
  expect(await refused(globex)).toMatchObject({ status: 403 });
});
