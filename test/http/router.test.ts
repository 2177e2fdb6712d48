import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5 from 'express';
import express4 from 'express4';
import { principal } from 'bpmn-guard/testing';
import { Application } from './application.js';
import { send } from './send.js';

const OF_A_PAGE = 'Known are filter, after, limit, sort, projection, getTotalCount, exactTotal.';
const STACK = /\bat .+:\d+:\d+|node_modules|\/src\/|\.ts\b/;

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('in %s', (_name, express) => {
  const app = new Application({
    express,
    dialect: 'http',
    after: (made) => void made.post('/own', express.json(), (req: any, res: any) => void res.json(req.body)),
  });
  beforeAll(() => app.start());
  afterAll(() => app.stop());

  test('a call succeeds with a private answer that is not a page', async () => {
    const { status, headers, body } = await app.call('POST', '/api/engine/start', app.keys.trusted, {
      name: 'review',
      userId: 'alice',
    });
    expect([status, body.startedBy]).toEqual([200, 'alice']);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  test('GET and DELETE accept bodies, lists among them, and paths a trailing slash', async () => {
    expect(
      (await app.call('GET', '/api/datastore/findItems/', app.keys.trusted, { 'items.elementId': 'nothing' }))
        .body,
    ).toEqual({ items: [] });
    expect((await app.call('GET', '/api/definitions/list/', app.keys.trusted, [])).status).toBe(200);
    expect(
      (await app.call('DELETE', '/api/datastore/deleteInstances', app.keys.trusted, { name: 'nothing' }))
        .body,
    ).toEqual({ result: { deletedCount: 0 } });
  });

  test('GET also takes inputs from the query string, as JSON except for names', async () => {
    const query = encodeURIComponent(JSON.stringify({ 'items.elementId': 'nothing' }));
    expect((await app.call('GET', `/api/datastore/findItems?query=${query}`, app.keys.trusted)).body).toEqual(
      { items: [] },
    );
    expect(
      (await app.call('GET', '/api/datastore/find?limit=1&getTotalCount=true', app.keys.trusted)).body,
    ).toMatchObject({ totalCount: expect.any(Number) });
    expect((await app.call('GET', '/api/definitions/load?name=review', app.keys.trusted)).text).toMatch(
      /^<\?xml/,
    );
  });

  test.each([
    ['an unknown parameter', '/api/datastore/find?page=2', '"page" is not known here. ' + OF_A_PAGE],
    ['a key', '/api/datastore/find?apiKey=x', '"apiKey" is not known here. ' + OF_A_PAGE],
    ['a user', '/api/datastore/find?userId=admin', '"userId" is not known here. ' + OF_A_PAGE],
    [
      'operators in brackets',
      '/api/datastore/findItems?query[id][$ne]=x',
      '"query[id][$ne]" is not known here. Known are query.',
    ],
    ['the same twice', '/api/datastore/find?limit=1&limit=2', '"limit" is given twice.'],
    ['what is not JSON', '/api/datastore/find?limit=many', '"limit" must be JSON.'],
  ])('%s in the query string is refused', async (_what, path, detail) => {
    const { status, body } = await app.call('GET', path, app.keys.trusted);
    expect([status, body.code, body.detail]).toEqual([400, 'bad-request', detail]);
  });

  test('HEAD is GET without the body', async () => {
    const [head, get] = [
      await app.call('HEAD', '/api/definitions/list', app.keys.trusted),
      await app.call('GET', '/api/definitions/list', app.keys.trusted),
    ];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([
      200,
      '',
      get.headers['content-length'],
    ]);
    expect((await app.call('HEAD', '/api/definitions/list')).status).toBe(401);
    expect((await app.call('HEAD', '/api/engine/start', app.keys.trusted)).status).toBe(405);
  });

  test('OPTIONS answers everybody with the methods', async () => {
    const answer = await app.call('OPTIONS', '/api/engine/get');
    expect([answer.status, answer.headers.allow, answer.text]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
    expect((await app.call('OPTIONS', '/api/engine/start')).headers.allow).toBe('POST, OPTIONS');
  });

  test.each(['PATCH', 'DELETE', 'TRACE', 'GET'])(
    '%s on a path for other methods is refused with those methods',
    async (method) => {
      const { status, headers, body } = await app.call(method, '/api/engine/start', app.keys.trusted);
      expect([status, headers.allow, headers['content-type'], body.code]).toEqual([
        405,
        'POST, OPTIONS',
        'application/problem+json; charset=utf-8',
        'method-not-allowed',
      ]);
    },
  );

  test.each([
    '/',
    '/api',
    '/api/nothing',
    '/api/engine',
    '/api/engine/start/a/b',
    '/api/query',
    '/API/engine/get',
    '//api/engine/get',
    '/api//engine/get',
  ])('%s is left to the application', async (path) => {
    const { status, text } = await app.call('POST', path, app.keys.trusted, {});
    expect([status, text]).toEqual([404, 'the application: nothing here']);
  });

  test('a later parser finds the body that authenticate has read', async () => {
    expect((await app.call('POST', '/own', app.keys.trusted, { mine: 1 })).body).toEqual({ mine: 1 });
  });

  test('a refusal by authenticate has problem details and a challenge', async () => {
    const { status, headers, body, text } = await app.call('GET', '/api/engine/status', app.keys.wrong);
    expect([status, headers['content-type'], headers['www-authenticate']]).toEqual([
      401,
      'application/problem+json; charset=utf-8',
      expect.stringContaining('x-api-key'),
    ]);
    expect(body).toEqual({
      type: 'urn:bpmn-guard:error:unauthenticated',
      title: expect.any(String),
      status: 401,
      code: 'unauthenticated',
      detail: 'The API key is not valid.',
    });
    expect(text).not.toMatch(STACK);
  });
});

describe('the two dialects', () => {
  const [http, client] = [new Application({ dialect: 'http' }), new Application()];
  beforeAll(async () => void (await Promise.all([http.start(), client.start()])));
  afterAll(async () => void (await Promise.all([http.stop(), client.stop()])));

  const CALLS: readonly [
    what: string,
    method: string,
    path: string,
    body: unknown,
    status: number,
    code: string,
  ][] = [
    ['malformed', 'POST', '/api/engine/start', { name: { $ne: null }, userId: 'alice' }, 400, 'bad-request'],
    [
      'a bad query',
      'PUT',
      '/api/engine/invoke',
      { query: { $where: '1' }, userId: 'alice' },
      400,
      'bad-query',
    ],
    [
      'an option that is not allowed',
      'POST',
      '/api/engine/start',
      { name: 'review', options: { parentItemId: 'x' }, userId: 'alice' },
      400,
      'bad-option',
    ],
    [
      'a name that leads out',
      'POST',
      '/api/definitions/rename',
      { name: 'review', newName: '../review' },
      400,
      'bad-model',
    ],
    ['for another', 'POST', '/api/engine/start', { name: 'review', userId: 'nobody' }, 403, 'forbidden'],
    ['refused', 'DELETE', '/api/datastore/deleteInstances', { query: {}, userId: 'alice' }, 403, 'forbidden'],
    ['hidden', 'GET', '/api/engine/get', { id: 'x', userId: 'alice' }, 404, 'not-found'],
    ['ambiguous', 'GET', '/api/engine/get', { name: 'review', userId: 'alice' }, 409, 'ambiguous'],
  ];
  beforeAll(async () => {
    for (const app of [http, client])
      for (const _ of [1, 2]) await app.as('alice').engine.start('review', {});
  });

  test.each(CALLS)('%s: http answers with its status', async (_what, method, path, body, status, code) => {
    const answer = await http.call(method, path, http.keys.trusted, body);
    expect([
      answer.status,
      answer.headers['content-type'],
      answer.body.status,
      answer.body.code,
      answer.body.type,
    ]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
      status,
      code,
      `urn:bpmn-guard:error:${code}`,
    ]);
  });

  test.each(CALLS)(
    '%s: bpmn-client answers with 200, errors and error',
    async (_what, method, path, body, status, code) => {
      const [answer, told] = [
        await client.call(method, path, client.keys.trusted, body),
        await http.call(method, path, http.keys.trusted, body),
      ];
      expect([answer.status, answer.body]).toEqual([
        200,
        { errors: told.body.detail, error: told.body.detail, code, status },
      ]);
    },
  );

  test.each([
    ['without a key', undefined],
    ['with a key that is none', 'nonsense'],
  ])('%s the status is 401 in both', async (_what, key) => {
    for (const app of [http, client])
      expect((await app.call('GET', '/api/engine/status', key)).status).toBe(401);
    expect((await client.call('GET', '/api/engine/status', key)).body).toMatchObject({
      errors: expect.any(String),
      error: expect.any(String),
      status: 401,
    });
  });

  test('routes that the client does not have answer with real statuses in both', async () => {
    for (const app of [http, client]) {
      const { status, body } = await app.call('POST', '/api/tasks/none/take', app.keys.trusted, {
        userId: 'alice',
      });
      expect([status, body.code]).toEqual([404, 'not-found']);
    }
  });

  test('a failure is a 500 without its message, which is logged under the number in the answer', async () => {
    for (const app of [http, client]) {
      const error = new Error('secret of /etc/passwd');
      const find = jest.spyOn(app.guard.store.instances, 'find').mockRejectedValue(error);
      const { status, body, text } = await app.call('GET', '/api/engine/status', app.keys.trusted);
      find.mockRestore();
      expect([status, body.code, body.status]).toEqual([app === http ? 500 : 200, 'failed', 500]);
      expect(text).not.toMatch(/secret|passwd/);
      expect(text).not.toMatch(STACK);
      expect(JSON.stringify(app.log.at(-1))).toContain(body.instance);
      expect(JSON.stringify(app.log.at(-1))).toContain('secret of /etc/passwd');
    }
  });

  test('an unknown dialect or limit is refused at creation', () => {
    expect(() => http.guard.router({ dialect: 'soap' as never })).toThrow(
      /Option dialect of router must be "bpmn-client" or "http"/,
    );
    expect(() => http.guard.router({ limit: -1 })).toThrow(/limit of router must be a whole number of bytes/);
  });
});

describe('elsewhere', () => {
  test('below a mount, every path is relative to it', async () => {
    const app = await new Application({ dialect: 'http', mount: '/workflow' }).start();
    try {
      expect((await app.call('GET', '/health')).body).toEqual({ status: 'ok' });
      expect((await app.call('GET', '/api/definitions/list', app.keys.trusted)).status).toBe(200);
      expect((await app.call('GET', '/docs/')).headers.location).toBe('../docs');
      expect(
        (await send(app.port, 'GET', '/api/definitions/list', { 'x-api-key': app.keys.trusted })).text,
      ).toBe('the application: nothing here');
    } finally {
      await app.stop();
    }
  });

  test('behind a body parser, the parsed body is used', async () => {
    const app = await new Application({
      dialect: 'http',
      before: (made) =>
        void made.use(express5.json({ limit: '10kb' }), express5.urlencoded({ extended: true })),
    }).start();
    try {
      expect(
        (await app.call('POST', '/api/engine/start', app.keys.trusted, { name: 'review', userId: 'alice' }))
          .body.startedBy,
      ).toBe('alice');
      const form = await app.send(
        'POST',
        '/api/engine/start',
        { 'x-api-key': app.keys.trusted, 'content-type': 'application/x-www-form-urlencoded' },
        'name=review&data[a]=1',
      );
      expect([form.status, form.body.detail]).toEqual([
        400,
        'A body must be JSON, with the content type application/json.',
      ]);
      const large = await app.call('POST', '/api/engine/start', app.keys.trusted, {
        name: 'x'.repeat(20_000),
      });
      expect([large.status, large.body.code]).toEqual([413, 'too-large']);
      const broken = await app.send(
        'POST',
        '/api/engine/start',
        { 'x-api-key': app.keys.trusted, 'content-type': 'application/json' },
        '{"name":',
      );
      expect([broken.status, broken.body.code, broken.body.detail]).toEqual([
        400,
        'bad-request',
        'The request could not be read.',
      ]);
    } finally {
      await app.stop();
    }
  });

  test.each([
    ['of forms', (express: typeof express5) => express.urlencoded({ extended: false }), 'application/json'],
    ['of text', (express: typeof express5) => express.text(), 'application/json'],
    ['of JSON, of another type', (express: typeof express5) => express.json(), 'application/vnd.api+json'],
  ])(
    'behind a parser %s, an unread body is read: an empty object is not a query for everything',
    async (_what, parser, type) => {
      for (const express of [express5, express4]) {
        const app = await new Application({
          express,
          dialect: 'http',
          before: (made) => void made.use(parser(express)),
        }).start();
        try {
          const send = (method: string, path: string, body: unknown) =>
            app.send(
              method,
              path,
              { 'x-api-key': app.keys.trusted, 'content-type': type },
              JSON.stringify(body),
            );
          const [mine, other] = [
            await send('POST', '/api/engine/start', { name: 'review', userId: 'alice' }),
            await app.as('bob').engine.start('two', {}),
          ];
          expect(mine.body.startedBy).toBe('alice');
          expect((await send('DELETE', '/api/datastore/deleteInstances', { id: mine.body.id })).body).toEqual(
            { result: { deletedCount: 1 } },
          );
          expect(
            (await app.as('admin').data.findInstances({}, undefined, 'summary')).map(({ id }) => id),
          ).toEqual([other.id]);
          expect((await send('DELETE', '/api/datastore/deleteInstances', {})).body).toEqual({
            result: { deletedCount: 1 },
          });
        } finally {
          await app.stop();
        }
      }
    },
  );

  test('without a framework it handles requests of node:http', async () => {
    const app = await new Application({ dialect: 'http' }).start();
    const [authenticate, router, errors] = [
      app.guard.authenticate({ required: false }),
      app.guard.router({ dialect: 'http' }),
      app.guard.errorHandler({ dialect: 'http' }),
    ];
    const server = createServer((req, res) => {
      const end = (error?: unknown): void =>
        error === undefined
          ? void res.writeHead(404).end('nothing')
          : errors(error, req, res, () => undefined);
      authenticate(req, res, (error) => (error === undefined ? router(req, res, end) : end(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const headers = { 'x-api-key': app.keys.trusted, 'content-type': 'application/json' };
      expect(
        (
          await send(
            port,
            'POST',
            '/api/engine/start',
            headers,
            JSON.stringify({ name: 'review', userId: 'alice' }),
          )
        ).body.startedBy,
      ).toBe('alice');
      expect((await send(port, 'GET', '/api/engine/status')).status).toBe(401);
      expect((await send(port, 'GET', '/api/engine/status', { 'x-api-key': 'x' })).status).toBe(401);
      expect((await send(port, 'GET', '/other')).text).toBe('nothing');
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await app.stop();
    }
  });
});

describe('with a session', () => {
  const signedIn = principal('alice', ['hr']);
  const app = new Application({
    dialect: 'http',
    before: (made) =>
      void made.use((req: any, _res: any, next: any) => {
        if (req.headers.cookie === 'session=alice') req.user = signedIn;
        next();
      }),
    authenticate: { toPrincipal: (user) => user as typeof signedIn },
  });
  beforeAll(() => app.start());
  afterAll(() => app.stop());
  const start = (headers: Record<string, string>, body: unknown = { name: 'review' }) =>
    app.call('POST', '/api/engine/start', undefined, body, { cookie: 'session=alice', ...headers });

  test('a call is made as the signed-in user', async () => {
    expect((await start({ 'sec-fetch-site': 'same-origin' })).body.startedBy).toBe('alice');
  });

  test('a body that names another user is refused, one that names the same is not', async () => {
    const refused = await start({}, { name: 'review', userId: 'admin' });
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      'You may not call on behalf of another user.',
    ]);
    expect(
      (
        await start(
          {},
          { name: 'review', userId: 'alice', user: { userName: 'alice', userGroups: ['ADMIN'] } },
        )
      ).body.startedBy,
    ).toBe('alice');
  });

  test.each(['cross-site', 'same-site'])('a page that is %s cannot act with it', async (site) => {
    const { status, body } = await start({ 'sec-fetch-site': site });
    expect([status, body.code, body.detail]).toEqual([
      403,
      'forbidden',
      'Calls from pages of another origin need their own key or token.',
    ]);
  });

  test('a page cannot act with a password that the browser sends to a proxy', async () => {
    const { status, body } = await start({
      'sec-fetch-site': 'cross-site',
      authorization: 'Basic YWxpY2U6cGFzc3dvcmQ=',
    });
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });

  test('a form disguised as JSON is not read, whichever page it comes from', async () => {
    const send = (headers: Record<string, string>) =>
      app.send(
        'POST',
        '/api/engine/start',
        { cookie: 'session=alice', 'content-type': 'text/plain', ...headers },
        '{"name":"review"}',
      );
    const [unknown, own] = [await send({}), await send({ 'sec-fetch-site': 'same-origin' })];
    expect([unknown.status, unknown.body.code]).toEqual([403, 'forbidden']);
    expect([own.status, own.body.code]).toEqual([400, 'bad-request']);
  });
});
