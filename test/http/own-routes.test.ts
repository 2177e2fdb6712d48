import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard } from 'bpmn-guard';
import { holdBack } from '../support/held.js';
import { Application } from './application.js';
import { send } from './send.js';

const app = new Application();
beforeAll(() => app.start());
afterAll(() => app.stop());

const as = (user: string, method: string, path: string, body: Record<string, unknown> = {}) =>
  app.call(method, path, app.keys.trusted, { ...body, userId: user });

async function review(): Promise<{ instance: string; read: string }> {
  const { id } = await app.as('alice').engine.start('review', {});
  const [read] = await app.as('alice').data.getPendingUserTasks({ id });
  return { instance: id, read: read?.id as string };
}

describe('tasks', () => {
  test('a task is taken, lent, returned, released, assigned and completed', async () => {
    const { read } = await review();
    const step = async (
      user: string,
      verb: string,
      body?: Record<string, unknown>,
    ): Promise<[number, unknown, unknown]> => {
      const answer = await as(user, 'POST', `/api/tasks/${read}/${verb}`, body);
      return [answer.status, answer.body.item?.state ?? answer.body.code, answer.body.item?.assignee];
    };
    expect(await step('alice', 'take')).toEqual([200, 'assigned', 'alice']);
    expect(await step('alice', 'take')).toEqual([409, 'wrong-state', undefined]);
    expect(await step('alice', 'delegate', { to: 'bob' })).toEqual([200, 'delegated', 'bob']);
    expect(await step('stranger', 'resolve')).toEqual([404, 'not-found', undefined]);
    expect((await step('bob', 'resolve'))[0]).toBe(200);
    expect(await step('alice', 'release')).toEqual([200, 'unclaimed', null]);
    expect((await step('admin', 'assign', { assignee: 'alice' })).slice(0, 2)).toEqual([200, 'assigned']);
    const done = await as('alice', 'POST', `/api/tasks/${read}/complete`, { data: { seen: true } });
    expect([done.status, done.body.instance.data.seen]).toEqual([200, true]);
  });

  test('a caller who may no longer read a task gets no task in the answer', async () => {
    const { instance, read } = await review();
    await app.as('alice').tasks.take(read);
    await app.as('alice').tasks.complete(read, {});
    const [sign] = await app.as('bob').data.getPendingUserTasks({ id: instance });
    expect((await as('bob', 'POST', `/api/tasks/${sign?.id}/release`)).body).toEqual({});
  });

  test('the list and its count contain what the user may see', async () => {
    const { instance } = await review();
    const [list, count] = [
      await as('alice', 'GET', '/api/tasks', { query: { id: instance } }),
      await as('alice', 'GET', '/api/tasks/count', { query: { id: instance } }),
    ];
    expect([list.body.items.length, count.body]).toEqual([1, { count: 1 }]);
    expect((await as('stranger', 'GET', '/api/tasks')).body).toEqual({ items: [] });
    expect((await as('stranger', 'GET', '/api/tasks/count')).body).toEqual({ count: 0 });
  });

  test('the candidates of a task are shown to users who may see them', async () => {
    const { read } = await review();
    expect((await as('alice', 'GET', `/api/tasks/${read}/candidates`)).body).toEqual({
      users: [],
      groups: ['hr'],
    });
    expect((await as('stranger', 'GET', `/api/tasks/${read}/candidates`)).body).toMatchObject({
      status: 404,
      code: 'not-found',
    });
  });
});

describe('held work', () => {
  test('is listed, retried and stopped by users who may end the instance', async () => {
    const { instance } = await review();
    await holdBack(app.guard, instance);
    const list = await as('admin', 'GET', '/api/work');
    expect([list.status, list.body]).toEqual([
      200,
      {
        work: [
          {
            id: instance,
            instanceId: instance,
            modelName: 'review',
            work: 'background',
            since: expect.any(String),
            ended: 2,
          },
        ],
        nextCursor: null,
      },
    ]);
    const say = async (user: string, verb: string): Promise<[number, unknown]> => {
      const { status, body } = await as(user, 'POST', `/api/work/${instance}/${verb}`);
      return [status, body.code ?? body];
    };
    expect((await as('alice', 'GET', '/api/work')).body).toEqual({ work: [], nextCursor: null });
    for (const verb of ['retry', 'stop']) {
      expect(await say('alice', verb)).toEqual([403, 'forbidden']);
      expect(await say('stranger', verb)).toEqual([404, 'not-found']);
    }
    expect(await say('admin', 'retry')).toEqual([200, {}]);
    expect(await say('admin', 'retry')).toEqual([409, 'wrong-state']);
    expect((await as('admin', 'GET', '/api/work')).body).toEqual({ work: [], nextCursor: null });
    expect(await say('admin', 'stop')).toEqual([200, { ended: [instance] }]);
    expect(await say('admin', 'stop')).toEqual([409, 'wrong-state']);
    expect((await app.guard.store.instances.load(instance))?.status).toBe('terminated');
  });
});

describe('decisions', () => {
  const about = (user: string, which: 'can' | 'explain', body: Record<string, unknown>) =>
    as(user, 'GET', `/api/${which}`, body);

  test('decisions about a task, an instance and a model, by id', async () => {
    const { instance, read } = await review();
    const can = async (user: string, body: Record<string, unknown>): Promise<unknown> =>
      (await about(user, 'can', body)).body;
    expect(await can('alice', { operation: 'task:take', itemId: read })).toEqual({ allowed: true });
    expect(await can('alice', { operation: 'instance:read', instanceId: instance })).toEqual({
      allowed: true,
    });
    expect(await can('alice', { operation: 'instance:delete', instanceId: instance })).toEqual({
      allowed: false,
    });
    expect(await can('alice', { operation: 'instance:start', model: 'review' })).toEqual({ allowed: true });
    for (const body of [
      { operation: 'task:take', itemId: read },
      { operation: 'instance:read', instanceId: instance },
      { operation: 'instance:start', model: 'review' },
    ])
      expect(await can('stranger', body)).toEqual({ allowed: false });
  });

  test('a decision is explained to users who may read its resource', async () => {
    const { instance } = await review();
    const { status, body } = await about('alice', 'explain', {
      operation: 'instance:delete',
      instanceId: instance,
    });
    expect([status, body.allowed, body.userName, body.reasons.length > 0]).toEqual([
      200,
      false,
      'alice',
      true,
    ]);
  });

  test('hidden and absent resources have the same answer', async () => {
    const { instance } = await review();
    const [hidden, absent] = [
      await about('stranger', 'explain', { operation: 'instance:read', instanceId: instance }),
      await about('stranger', 'explain', { operation: 'instance:read', instanceId: 'none' }),
    ];
    expect([hidden.status, hidden.body]).toEqual([404, absent.body]);
  });

  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['an unknown operation', { operation: 'task:everything' }, 'unknown-operation', /task:everything/],
    ['an operation that every object has', { operation: 'constructor' }, 'unknown-operation', /constructor/],
    [
      'two resources',
      { operation: 'task:take', itemId: 'a', model: 'b' },
      'bad-request',
      /^Name one of itemId, instanceId and model\.$/,
    ],
    [
      'a resource of its own making',
      { operation: 'task:take', item: { id: 'a', assignee: 'alice' } },
      'bad-request',
      /^"item" is not known here\. Known are operation, itemId, instanceId, model, caseOperation\.$/,
    ],
    [
      'a case operation of another operation',
      { operation: 'instance:data', instanceId: 'a', caseOperation: 'CANCEL_CASE' },
      'bad-request',
      /^The case operations of instance:data are ADD_DATA, REMOVE_DATA, got "CANCEL_CASE"\.$/,
    ],
  ])('%s is refused', async (_what, body, code, detail) => {
    for (const which of ['can', 'explain'] as const)
      expect((await about('alice', which, body)).body).toMatchObject({
        status: 400,
        code,
        detail: expect.stringMatching(detail),
      });
  });
});

describe('errors of the routes of the application', () => {
  const STATUSES: readonly (readonly [number, number])[] = [400, 401, 403, 404, 409, 415, 429, 503].map(
    (status) => [status, status < 500 ? status : 599],
  );
  const own = new Application({
    after: (made) => {
      made.get('/own/:status', (req, _res, next) =>
        next(
          Object.assign(new Error('secret'), {
            status: Number(req.params.status),
            expose: Number(req.params.status) < 500,
          }),
        ),
      );
      made.get('/file', (_req, res) => res.sendFile('/nowhere/secret.txt'));
    },
    last: (made) => {
      made.use((error: any, _req: any, res: any, _next: any) =>
        res.status(error.expose === true ? error.status : 599).send('the application: an error'),
      );
    },
  });
  beforeAll(() => own.start());
  afterAll(() => own.stop());

  test.each(STATUSES)('%i is answered by the application itself', async (given, status) => {
    const answer = await own.send('GET', `/own/${given}`);
    expect([answer.status, answer.text]).toEqual([status, 'the application: an error']);
  });

  test.each([
    ['the logger of the guard has its reason, where the error handler is given none', true],
    ['standard error has it, where the application brings no logger', false],
  ])('a failure is logged: %s', async (_what, hasLogger) => {
    const lines: unknown[][] = [];
    const note = (...line: unknown[]): void => void lines.push(line);
    const printed = jest.spyOn(console, 'error').mockImplementation(hasLogger ? () => undefined : note);
    const guard = await createGuard({
      env: {},
      store: { memory: true },
      ...(hasLogger ? { logger: { info: note, warn: note, error: note } } : {}),
    });
    const server = createServer((req, res) =>
      guard.errorHandler()(new Error('the reason'), req, res, () => undefined),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { body } = await send((server.address() as AddressInfo).port, 'GET', '/ready');
      expect([body.status, body.detail.includes('log'), typeof body.instance]).toEqual([500, true, 'string']);
      expect(JSON.stringify(lines)).toContain('the reason');
      expect(JSON.stringify(lines)).toContain(body.instance);
      expect(printed).toHaveBeenCalledTimes(hasLogger ? 0 : 1);
    } finally {
      printed.mockRestore();
      server.close();
      await guard.close();
    }
  });

  test('a missing file is not found', async () => {
    const { status, text } = await own.send('GET', '/file');
    expect([status, text]).toEqual([404, 'the application: an error']);
  });
});

describe('health', () => {
  test('is public, and reveals only yes or no', async () => {
    expect((await app.send('GET', '/health')).body).toEqual({ status: 'ok' });
    expect((await app.send('GET', '/ready')).body).toEqual({
      ready: true,
      store: true,
      indexes: true,
      reindexed: true,
    });
    expect((await app.send('HEAD', '/ready')).status).toBe(200);
  });

  test('the status counts what the caller may read', async () => {
    await review();
    expect((await as('alice', 'GET', '/api/status')).body.status.running).toBeGreaterThan(0);
    expect((await as('stranger', 'GET', '/api/status')).body).toEqual({
      status: { ready: true, running: 0 },
    });
    expect((await app.send('GET', '/api/status')).status).toBe(401);
  });
});

describe('the documentation page', () => {
  test('loads nothing from other hosts and has no inline script', async () => {
    const { status, headers, text } = await app.send('GET', '/docs');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/https?:|<script>|\son\w+=|style=/);
    for (const [path, type] of [
      ['docs.js', 'text/javascript'],
      ['docs.css', 'text/css'],
      ['openapi.json', 'application/json'],
    ]) {
      const file = await app.send('GET', `/${path}`);
      expect([path, file.status, String(file.headers['content-type']).split(';')[0]]).toEqual([
        path,
        200,
        type,
      ]);
    }
  });

  test('has a valid script', async () => {
    const { text } = await app.send('GET', '/docs.js');
    expect(() => new Function(text)).not.toThrow();
    expect(text).not.toMatch(/innerHTML|eval\(|localStorage|sessionStorage/);
  });

  test('takes GET and HEAD', async () => {
    expect((await app.send('HEAD', '/docs')).text).toBe('');
    expect((await app.send('POST', '/docs')).status).toBe(405);
    const options = await app.send('OPTIONS', '/openapi.json');
    // A 204 has no length: clients that keep to HTTP refuse one.
    expect([options.status, options.headers.allow, options.headers['content-length']]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      undefined,
    ]);
  });

  test('can be switched off', async () => {
    const bare = await new Application({ docs: false }).start();
    try {
      for (const path of ['/docs', '/docs.js', '/openapi.json'])
        expect((await bare.send('GET', path)).text).toBe('the application: nothing here');
    } finally {
      await bare.stop();
    }
  });
});
