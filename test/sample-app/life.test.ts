import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { emptyFolder, failToStart, startApplication } from './application.js';
import { linkTo, Visitor } from './visitor.js';

let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, remove } = await emptyFolder());
});
afterEach(() => remove());

test('it starts in an empty folder, prints its address and demo users, and ends on a signal', async () => {
  const app = await startApplication(folder);
  expect(app.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(app.address, { redirect: 'manual' })).status).toBe(303);
  expect(await app.stop('SIGINT')).toBe(0);
  expect(app.output()).toContain('demo-first-1');
});

test('a second start keeps sessions, users, models and running work', async () => {
  const first = await startApplication(folder);
  const visitor = new Visitor(first.address);
  await visitor.login('user1');
  const task = await visitor.post('/start/Request%20Vacation/start_vacation');
  expect(await first.stop('SIGTERM')).toBe(0);

  const second = await startApplication(folder);
  try {
    const later = new Visitor(second.address);
    for (const [name, value] of visitor.cookies) later.cookies.set(name, value);
    const tasks = await later.get('/tasks');
    expect(tasks.path).toBe('/tasks');
    expect(linkTo(tasks, '/tasks/', 'Request')).toBe(task.path);
    expect([...(await later.get('/start')).text.matchAll(/<h2>/g)]).toHaveLength(3);
    const done = await later.post(`${task.path}/complete`, { from: '2030-01-01', to: '2030-01-02' });
    expect(done.text).toContain('Request is completed.');
  } finally {
    expect(await second.stop()).toBe(0);
  }
});

test('running requests are completed after the signal, and new ones are refused', async () => {
  const app = await startApplication(folder);
  const page = await fetch(`${app.address}/login`);
  const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const body = String(new URLSearchParams({ _csrf: token, userName: 'user1', password: 'demo-first-1' }));
  const running = request(`${app.address}/login`, {
    method: 'POST',
    headers: {
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
      // The server says when it has the request.
      expect: '100-continue',
    },
  });
  running.flushHeaders();
  await once(running, 'continue');
  const ended = app.stop('SIGTERM');
  running.end(body);
  const [answer] = (await once(running, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.headers.location).toBe('/tasks');
  expect(await ended).toBe(0);
  await expect(fetch(app.address)).rejects.toThrow();
});

test('without authentication the development user acts, and every page says that rules are off', async () => {
  await writeFile(path.join(folder, '.env'), 'REQUIRE_AUTHENTICATION=false\nENFORCE_SECURITY=false\n');
  const app = await startApplication(folder);
  try {
    const visitor = new Visitor(app.address);
    const page = await visitor.get('/');
    expect(page.path).toBe('/tasks');
    expect(page.text).toContain('Security rules are switched off');
    await visitor.get('/start/Request%20Vacation/start_vacation');
    const task = await visitor.post('/start/Request%20Vacation/start_vacation');
    expect(task.text).toContain('the rules are switched off');
    await visitor.post(`${task.path}/complete`, { from: '2030-01-01', to: '2030-01-02' });
    const approve = linkTo(await visitor.get('/tasks'), '/tasks/', 'Approve');
    expect((await visitor.get(approve)).text).toContain('Assigned to');
    await visitor.post(`${approve}/complete`, { approved: 'true' });
    const instance = await visitor.get(linkTo(task, '/instances/', 'Show the whole instance'));
    expect(instance.text).toContain('started by <strong>user1</strong>');
    expect(instance.text).toContain('Vacation decided');
  } finally {
    expect(await app.stop()).toBe(0);
  }
});

test('a second application on the same folder is refused with a message', async () => {
  const first = await startApplication(folder);
  try {
    const { output, code } = await failToStart(folder, {});
    expect(code).toBe(1);
    expect(output).toContain('did not start');
    expect(output).toMatch(/open in another process/);
    expect((await new Visitor(first.address).get('/')).path).toBe('/login');
  } finally {
    expect(await first.stop()).toBe(0);
  }
});

const REFUSED: [string, Record<string, string>, string][] = [
  ['production without a secret', { NODE_ENV: 'production' }, 'SESSION_SECRET'],
  [
    'production with the secret of the example',
    { NODE_ENV: 'production', SESSION_SECRET: 'change-me' },
    'SESSION_SECRET',
  ],
  ['a short secret', { SESSION_SECRET: 'short' }, 'SESSION_SECRET'],
  ['a switch that is neither true nor false', { ENFORCE_SECURITY: 'yes' }, 'ENFORCE_SECURITY'],
  ['a port that is none', { PORT: 'http' }, 'PORT'],
  ['a mode that is none', { NODE_ENV: 'prod' }, 'NODE_ENV'],
  ['no login where other machines get in', { REQUIRE_AUTHENTICATION: 'false', HOST: '0.0.0.0' }, 'HOST'],
];
test.each(REFUSED)('%s: it does not start, and names the setting', async (_, env, name) => {
  const { output, code } = await failToStart(folder, env);
  expect(code).toBe(1);
  expect(output).toContain(name);
  expect(output).not.toMatch(/ at .*\.js:\d/);
});

test('in production it starts with a secret of its own, and without the demo users', async () => {
  const app = await startApplication(folder, {
    NODE_ENV: 'production',
    SESSION_SECRET: 'a secret that is long enough, and nobody knows',
    TRUST_PROXY: 'loopback',
    ALLOWED_HOSTS: '127.0.0.1',
  });
  try {
    const visitor = new Visitor(app.address, { 'x-forwarded-proto': 'https' });
    await visitor.get('/login');
    expect((await visitor.post('/login', { userName: 'user1', password: 'demo-first-1' })).status).toBe(401);
    expect(app.output()).not.toContain('demo-first-1');
  } finally {
    expect(await app.stop()).toBe(0);
  }
});
