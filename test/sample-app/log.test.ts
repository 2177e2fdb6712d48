import { apiKeys, openStore } from 'bpmn-guard';
import { eventually } from '../support/guards.js';
import { type Application, emptyFolder, startApplication } from './application.js';
import { Visitor } from './visitor.js';

const { createLogger } = require('../../sample-app/logging/logger.js') as {
  createLogger(options: object): Record<'info' | 'warn' | 'error', (message: string, facts?: object) => void>;
};

interface Line {
  readonly level: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

/** Each is sent in one place, and found in the log by that place's name if it gets there. */
const secret = (place: string): string => `s3cret-${place}-Xq7`;

describe('the log of a running application', () => {
  let app: Application;
  let remove: () => Promise<void>;
  let key: string;
  const env = { LOG_LEVEL: 'debug', SESSION_SECRET: secret('of-the-sessions'), API_KEY: secret('api-key') };

  beforeAll(async () => {
    const place = await emptyFolder();
    remove = place.remove;
    const store = await openStore({ folder: `${place.folder}/data` });
    key = (await apiKeys(store, { env: {} }).create('robot', { actsFor: 'anyone' })).text;
    await store.close();
    app = await startApplication(place.folder, { ...env, DATA_DIR: `${place.folder}/data` });
  });
  afterAll(async () => {
    await app?.stop();
    await remove?.();
  });

  const lines = (): Line[] =>
    app
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  /** The line of a request, which is written when its answer has gone out. */
  const lineOf = ({ headers }: { headers: Headers }): Promise<Line> =>
    eventually(() => lines().find(({ id }) => id === headers.get('x-request-id')));

  test('each request has a line with number, route, status, time and user', async () => {
    const visitor = new Visitor(app.address);
    await visitor.login('user1');
    const answer = await visitor.get('/tasks/absent');
    expect(await lineOf(answer)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      id: expect.stringMatching(/^[\w-]{36}$/),
      method: 'GET',
      route: '/tasks/:id',
      status: 404,
      ms: expect.any(Number),
      user: 'user1',
      message: 'request',
    });
  });

  test('a call with a key has a line with the name of the key and its user', async () => {
    const answer = await fetch(`${app.address}/api/tasks/absent/candidates`, {
      headers: { 'x-api-key': key },
    });
    const started = await fetch(`${app.address}/api/engine/start`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Order Pizza', userId: 'user1' }),
    });
    expect([answer.status, started.status]).toEqual([404, 200]);
    expect(await lineOf(answer)).toMatchObject({
      route: '/api/tasks/:itemId/candidates',
      user: 'key:robot',
      key: 'key:robot',
      status: 404,
    });
    expect(await lineOf(started)).toMatchObject({
      method: 'POST',
      route: '/api/engine/start',
      user: 'user1',
      key: 'key:robot',
    });
  });

  test("the real status of a refusal stands in its line, where bpmn-client's dialect sends 200", async () => {
    const call = (path: string, body: object, method = 'POST') =>
      fetch(`${app.address}${path}`, {
        method,
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ userId: 'user1', ...body }),
      });
    const answers = [
      await call('/api/engine/invoke', { query: { 'items.id': 'absent' } }, 'PUT'),
      await call('/api/engine/start', { name: 'No such model' }),
      await call('/api/engine/start', { name: 'a/b' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const told = await Promise.all(answers.map(lineOf));
    expect(told.map(({ status, sent, code }) => [status, sent, code])).toEqual([
      [404, 200, 'not-found'],
      [404, 200, 'not-found'],
      [400, 200, 'bad-model'],
    ]);
  });

  test('it contains no secret that was sent, in any place and on any path', async () => {
    const visitor = new Visitor(app.address, {
      'user-agent': secret('agent'),
      referer: `${app.address}/${secret('referer')}`,
      'x-request-id': secret('request-id'),
      'x-own': secret('header'),
    });
    const headers = {
      'user-agent': secret('agent'),
      authorization: `Bearer ${secret('bearer')}`,
      cookie: `a=${secret('cookie')}`,
      'x-forwarded-for': secret('forwarded'),
    };
    const json = { ...headers, 'content-type': 'application/json' };
    await visitor.get('/login');
    await visitor.post('/login', { userName: secret('user-name'), password: secret('password') });
    await visitor.post('/login', { userName: 'user1', password: secret('password') }, secret('csrf'));
    await visitor.login('user1');
    await visitor.get(`/tasks?mine=${secret('query')}`);
    await visitor.get(`/tasks/${secret('path')}`);
    await visitor.get(`/${secret('path')}?${secret('query')}=${secret('query')}`);
    await visitor.get(`/start/${secret('path')}/${secret('path')}`);
    await visitor.get('/account');
    await visitor.post('/account/password', {
      old: secret('old-password'),
      password: secret('password'),
      again: secret('password'),
    });
    await visitor.get('/start/Order%20Pizza/start_order');
    await visitor.post('/start/Order%20Pizza/start_order', {
      pizza: secret('form'),
      pieces: '1',
      address: secret('form'),
    });
    await visitor.post('/start/Order%20Pizza/start_order', {
      pizza: 'funghi',
      pieces: '1',
      address: secret('form'),
    });
    const admin = new Visitor(app.address);
    await admin.login('admin');
    await admin.get('/users');
    await admin.post('/users', { userName: 'key:x', groups: secret('groups'), password: secret('password') });
    await admin.post('/users', {
      userName: 'somebody',
      groups: secret('groups'),
      password: secret('password'),
    });
    for (const given of [env.API_KEY, key, secret('wrong-key'), undefined]) {
      const withKey = {
        ...json,
        ...(given === undefined ? {} : { 'x-api-key': given, authorization: 'None' }),
      };
      const send = (method: string, path: string, body?: string) =>
        fetch(app.address + path, { method, headers: withKey, ...(body === undefined ? {} : { body }) });
      await send('GET', `/api/definitions/load/${secret('path')}?apiKey=${secret('query')}`);
      await send('GET', `/api/${secret('path')}`);
      await send('GET', `/api/tasks/${secret('path')}/candidates`);
      await send(
        'POST',
        '/api/engine/start',
        JSON.stringify({ name: secret('body'), userId: 'user1', data: { note: secret('body') } }),
      );
      await send(
        'POST',
        '/api/engine/start',
        JSON.stringify({ name: 'Order Pizza', userId: 'user1', data: { note: secret('body') } }),
      );
      await send(
        'POST',
        '/api/engine/start',
        JSON.stringify({ name: 'Order Pizza', userId: secret('body') }),
      );
      await send(
        'PUT',
        '/api/engine/invoke',
        JSON.stringify({ query: { $where: secret('body') }, userId: 'user1' }),
      );
      await send('PUT', '/api/engine/invoke', `{"query": ${secret('body')}`);
      await send('POST', '/api/model/save', JSON.stringify({ name: 'x', xml: `<${secret('body')}` }));
    }
    await fetch(`${app.address}/%E0%A4%A${secret('path')}`, { headers });
    const last = await fetch(`${app.address}/login`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded; charset=nonsense' },
      body: secret('body'),
    });
    await lineOf(last);

    const text = app.output();
    expect(lines().length).toBeGreaterThan(50);
    expect([...new Set(text.match(/s3cret-[\w-]*/g) ?? [])]).toEqual([]);
    expect(text).not.toContain(key);
    for (const value of visitor.cookies.values())
      expect(text).not.toContain(decodeURIComponent(value).slice(2, 30));
    expect(text).not.toContain(visitor.csrf);
    expect(text).not.toMatch(/scrypt\$|s%3A/);
  });
});

describe('the logger', () => {
  function written(secrets: string[], write: (log: ReturnType<typeof createLogger>) => void): string {
    const out: string[] = [];
    write(createLogger({ level: 'info', secrets, write: (line: string) => out.push(line) }));
    expect(out).toHaveLength(1);
    expect(() => JSON.parse(out[0]!)).not.toThrow();
    return out[0]!;
  }

  test('of an error type, code, stack and cause are written, and nothing that was pinned to it', () => {
    const cause = Object.assign(new Error('inner'), { body: 'pinned', code: 'E1' });
    const error = Object.assign(new TypeError('outer', { cause }), {
      body: 'pinned',
      headers: { cookie: 'pinned' },
      code: 'E0',
    });
    const line = written([], (log) => log.error('failed', { error }));
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      message: 'failed',
      error: {
        type: 'TypeError',
        code: 'E0',
        stack: expect.stringContaining('outer'),
        cause: { type: 'Error', code: 'E1' },
      },
    });
    expect(line).not.toContain('pinned');
  });

  test.each([
    ['a secret of the configuration', 'top "secret" \\ text', 'it is top "secret" \\ text'],
    ['a key', 'unused', `the key bg_${'0'.repeat(16)}_${'x'.repeat(43)} was sent`],
    [
      'the login of an address',
      'unused',
      'cannot connect to mongodb://guard:pass%40word@db.example:27017/bpmn',
    ],
  ])('%s is taken out of whatever is written', (_what, known, text) => {
    const line = written([known], (log) => log.error(text, { error: new Error(text), more: { text } }));
    expect(line).not.toMatch(/top \\"secret|x{43}|pass%40word|guard:/);
    expect(line.match(/\[hidden\]/g)!.length).toBeGreaterThanOrEqual(3);
  });
});
