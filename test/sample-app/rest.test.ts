import { apiKeys } from 'bpmn-guard';
import { BPMNClient } from 'bpmn-client';
import { startSample, type Started } from './started.js';

const API_KEY = 'key-of-a-program';
let app: Started;
let client: BPMNClient;

beforeAll(async () => {
  app = await startSample({ API_KEY });
  client = new BPMNClient('127.0.0.1', new URL(app.address).port, API_KEY);
});
afterAll(() => app?.remove());

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { 'x-api-key': API_KEY },
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(app.address + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

const cookieOf = (cookies: ReadonlyMap<string, string>): string =>
  [...cookies].map((pair) => pair.join('=')).join('; ');
const START = { name: 'Request Vacation', data: {}, userId: 'user1' };

test('an instance that bpmn-client starts for a user continues on the pages of that user', async () => {
  const instance = await client.engine.start('Request Vacation', {}, null, 'user1', {});
  const visitor = await app.login('user1');
  expect((await visitor.get('/instances')).text).toContain(`/instances/${instance.id}`);
  expect((await visitor.get('/tasks')).text).toContain('Request Vacation');
  expect((await (await app.login('user2')).get(`/instances/${instance.id}`)).status).toBe(404);
});

test('a refusal reaches bpmn-client with its reason', async () => {
  await expect(client.engine.start('Request Vacation', {}, null, 'nobody-of-that-name', {})).rejects.toThrow(
    'This key may not act for that user, or there is no such user.',
  );
  await expect(client.engine.invoke({ 'items.id': 'absent' }, {}, 'user1')).rejects.toThrow(
    'No such task, or it is not yours to see.',
  );
});

test('the key does not act for administrators', async () => {
  expect((await call('POST', '/api/engine/start', { ...START, userId: 'admin' })).body).toMatchObject({
    code: 'forbidden',
  });
});

test('a named key works until it is revoked', async () => {
  const keys = apiKeys(app.guard.store, { env: {} });
  const { text } = await keys.create('for-user2', { actsFor: { users: ['user2'] } });
  const headers = { 'x-api-key': text };
  expect(
    (await call('POST', '/api/engine/start', { ...START, userId: 'user2' }, headers)).body,
  ).toMatchObject({ startedBy: 'user2' });
  expect((await call('POST', '/api/engine/start', START, headers)).body).toMatchObject({ code: 'forbidden' });
  await keys.revoke('for-user2');
  await new Promise((resolve) => setTimeout(resolve, 5_200));
  expect((await call('GET', '/api/definitions/list', undefined, headers)).status).toBe(401);
});

test.each([
  ['GET', '/api/definitions/list', undefined],
  ['POST', '/api/engine/start', START],
  ['POST', '/api2/engine/start', { name: 'Request Vacation', user: { userName: 'user1' } }],
  ['PUT', '/api/engine/invoke', { query: { 'items.id': 'x' } }],
  ['DELETE', '/api/datastore/deleteInstances', {}],
  ['GET', '/api/tasks', undefined],
])('a session alone authorises nothing: %s %s', async (method, path, body) => {
  const visitor = await app.login('admin');
  const before = await app.guard.store.instances.count({ filter: {} });
  const same = { cookie: cookieOf(visitor.cookies), 'sec-fetch-site': 'same-origin', origin: app.address };
  for (const headers of [{ cookie: same.cookie }, same, { ...same, 'x-csrf-token': visitor.csrf }]) {
    const answer = await call(method, path, body, headers as Record<string, string>);
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
  expect(await app.guard.store.instances.count({ filter: {} })).toBe(before);
});

test("a form of another site cannot use the visitor's session", async () => {
  const visitor = await app.login('admin');
  const response = await fetch(`${app.address}/api/engine/start`, {
    method: 'POST',
    headers: {
      cookie: cookieOf(visitor.cookies),
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
    },
    body: new URLSearchParams({ name: 'Request Vacation', userId: 'user1' }),
  });
  expect(response.status).toBe(401);
});

test('a key needs no token of a form, and with a session beside it the key is who calls', async () => {
  const visitor = await app.login('admin');
  const { status, body } = await call('POST', '/api/engine/start', START, {
    'x-api-key': API_KEY,
    cookie: cookieOf(visitor.cookies),
  });
  expect([status, body.startedBy]).toEqual([200, 'user1']);
});

test.each([
  ['the query string', '/api/definitions/list?apiKey=key-of-a-program', {}],
  ['a bearer token', '/api/definitions/list', { authorization: `Bearer ${API_KEY}` }],
  ['a cookie', '/api/definitions/list', { cookie: `x-api-key=${API_KEY}` }],
])('a key is not taken from %s', async (_where, path, headers) => {
  expect((await call('GET', path, undefined, headers as Record<string, string>)).status).toBe(401);
});

test.each([[undefined], ['wrong'], [''], [`bg_${'0'.repeat(16)}_${'x'.repeat(43)}`]])(
  'a call with the key %j is refused',
  async (key) => {
    const headers = key === undefined ? {} : { 'x-api-key': key };
    const { status, headers: told } = await call(
      'POST',
      '/api/engine/start',
      START,
      headers as Record<string, string>,
    );
    expect([status, told.get('www-authenticate')]).toEqual([401, 'ApiKey realm="api", header="x-api-key"']);
  },
);

test.each(['/api/nothing', '/api2', '/docs/nothing', '/health/x'])(
  '%s is answered with problem details, not with a page',
  async (path) => {
    const { status, body, headers } = await call('GET', path);
    expect([status, body.code, headers.get('content-type')]).toEqual([
      404,
      'not-found',
      'application/problem+json; charset=utf-8',
    ]);
  },
);

test('the description and the page to try it are there', async () => {
  expect((await call('GET', '/openapi.json', undefined, {})).body).toMatchObject({ openapi: '3.1.0' });
  for (const [path, type] of [
    ['/docs', 'text/html'],
    ['/docs.js', 'text/javascript'],
    ['/docs.css', 'text/css'],
  ] as const) {
    const response = await fetch(app.address + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  }
});

test('a body that is too large is refused', async () => {
  const { body } = await call('POST', '/api/engine/start', {
    ...START,
    data: { text: 'x'.repeat(1_100_000) },
  });
  expect(body).toMatchObject({ code: 'too-large' });
});

test('a disabled user is refused at the next call with a key', async () => {
  const list = () => call('POST', '/api/engine/start', { ...START, userId: 'reviewer', name: 'Order Pizza' });
  expect((await list()).body).not.toHaveProperty('errors');
  await app.users.change('reviewer', { disabled: true });
  expect((await list()).body).toMatchObject({ code: 'forbidden' });
});

test('paths that only look like the REST face are pages', async () => {
  for (const path of ['/apiary', '/documents', '/api.txt', '/healthy'])
    expect((await app.visitor().get(path)).path).toBe('/login');
});
