import { send } from '../http/send.js';
import { startSample, type Started } from './started.js';

let app: Started;
beforeAll(async () => {
  app = await startSample({
    REQUIRE_AUTHENTICATION: 'false',
    ENFORCE_SECURITY: 'false',
    DEVELOPMENT_USER: 'somebody',
  });
});
afterAll(() => app?.remove());

const start = (headers: Record<string, string>) =>
  fetch(`${app.address}/api/engine/start`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ name: 'Order Pizza' }),
  });

test('without a login the development user acts and may administer', async () => {
  const visitor = app.visitor();
  expect((await visitor.get('/tasks')).text).toMatch(/Signed in as\s+<strong>somebody<\/strong>/);
  await visitor.get('/users');
  expect(
    (
      await visitor.post('/users', {
        userName: 'carol',
        groups: '',
        supervisor: '',
        password: 'first password',
      })
    ).text,
  ).toContain('carol is added.');
  expect((await visitor.get('/account')).status).toBe(404);
});

test('forms still need their token', async () => {
  const visitor = app.visitor();
  await visitor.get('/users');
  expect((await visitor.post('/users', { userName: 'dave', password: 'first password' }, null)).status).toBe(
    403,
  );
  expect(await app.users.find('dave')).toBeUndefined();
});

test("a call without a key is the developer's, but not from a page of another site", async () => {
  const own = await start({});
  const { id } = (await own.json()) as { id: string };
  expect([own.status, (await app.guard.store.instances.load(id))?.guard?.startedBy]).toEqual([
    200,
    'developer',
  ]);
  const count = () => app.guard.store.instances.count({ filter: {} });
  const before = await count();
  for (const site of ['cross-site', 'same-site'])
    expect(await (await start({ 'sec-fetch-site': site })).json()).toMatchObject({ code: 'forbidden' });
  const foreign: Record<string, string>[] = [
    {},
    { origin: 'https://evil.example' },
    { referer: 'https://evil.example/' },
  ];
  for (const headers of foreign) {
    const form = await start({ 'content-type': 'text/plain', ...headers });
    expect(await form.json()).toMatchObject({ code: 'forbidden' });
  }
  expect(await count()).toBe(before);
});

test('a page whose name was made to point here (DNS rebinding) gets nothing and stores nothing', async () => {
  const { port } = new URL(app.address);
  const host = `evil.example:${port}`;
  const models = async () => (await app.guard.api.model.list()).map(({ name }) => name);
  const before = await models();
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/style.css'],
    ['GET', '/api/tasks'],
    ['POST', '/api/model/save'],
    ['POST', '/users'],
  ] as const) {
    const { status } = await send(
      Number(port),
      method,
      path,
      { host, origin: `http://${host}`, 'content-type': 'application/json' },
      method === 'POST' ? JSON.stringify({ name: 'evil', xml: '<x/>' }) : undefined,
    );
    expect([path, status]).toEqual([path, 421]);
  }
  expect(await models()).toEqual(before);
  expect((await send(Number(port), 'GET', '/healthz', { host })).status).toBe(200);
});

test('a wrong key is still refused', async () => {
  expect((await start({ 'x-api-key': 'wrong' })).status).toBe(401);
});
