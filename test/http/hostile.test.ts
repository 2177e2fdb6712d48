import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { connect } from 'node:net';
import fc from 'fast-check';
import { ROUTES } from '../../src/express/routes/index.js';
import type { Route } from '../../src/express/routes/route.js';
import { Application } from './application.js';
import {
  BAD_QUERIES,
  hostileRequest,
  NAMES_THAT_LEAD_OUT,
  NO_NAMES,
  type HostileRequest,
} from './hostile-requests.js';
import { nearlyRight, PLACES, type NearlyRight } from './nearly-right.js';
import { MODELS } from './people.js';
import type { Answer } from './send.js';

const RUNS = 300;
const LEAKS =
  /\bat .+:\d+:\d+|node_modules|\/src\/|\/work\/|\.ts\b|MongoServer|BSONError|TypeError|RangeError|ReferenceError|SyntaxError/;
const PUBLIC = new Set(ROUTES.filter(({ operation }) => operation === 'public').map(({ path }) => path));

const app = new Application({ dialect: 'http' });
beforeAll(async () => {
  // The host prints every source that it cannot read.
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await app.start();
  await app.as('alice').engine.start('review', {});
  await app.as('alice').engine.start('Request Vacation', {});
});
afterAll(() => app.stop());

/**
 * All that a request could change, once what an earlier one began with `noWait` has ended: it holds its lock
 * until then.
 */
async function stored(): Promise<string> {
  const { instances, models, locks } = app.guard.store;
  while ((await locks.list()).length > 0) await new Promise(setImmediate);
  const keys = await app.guard.store.values('keys').entries();
  return JSON.stringify([await instances.find({ filter: {} }), await models.find({}), keys]);
}

function seen(request: HostileRequest | string, { status, text }: Answer): void {
  const what = JSON.stringify(request).slice(0, 500);
  if (status >= 500)
    throw new Error(`${status} ${text.slice(0, 300)} to ${what}\n${JSON.stringify(app.log.at(-1))}`);
  if (LEAKS.test(text) && status !== 200)
    throw new Error(`It tells too much: ${text.slice(0, 300)} to ${what}`);
}

const go = ({ method, path, type, body }: HostileRequest, key?: string): Promise<Answer> =>
  app.send(
    method,
    path,
    {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    body,
  );

describe('generated requests', () => {
  const writers = [
    jest.spyOn(fs, 'writeFileSync'),
    jest.spyOn(fs, 'writeFile'),
    jest.spyOn(fs, 'createWriteStream'),
    jest.spyOn(fs, 'mkdirSync'),
    jest.spyOn(fsPromises, 'writeFile'),
    jest.spyOn(fsPromises, 'mkdir'),
    jest.spyOn(fsPromises, 'open'),
  ];
  beforeEach(() => writers.forEach((writer) => writer.mockClear()));
  afterEach(() => expect(writers.map((writer) => writer.mock.calls.length)).toEqual(writers.map(() => 0)));

  test('without a key get nothing and change nothing', async () => {
    const before = await stored();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => {
        const answer = await go(request);
        seen(request, answer);
        if (answer.status === 401) refused += 1;
        else if (answer.status === 200)
          expect([...PUBLIC]).toContain(request.path.split('?')[0]?.replace(/\/$/, ''));
        else expect([204, 400, 404, 405]).toContain(answer.status);
      }),
      { numRuns: RUNS },
    );
    expect(refused).toBeGreaterThan(RUNS / 4);
    expect(await stored()).toBe(before);
  });

  test('with an invalid key get nothing and change nothing', async () => {
    const before = await stored();
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => {
        const answer = await go(request, app.keys.wrong);
        seen(request, answer);
        expect(answer.status).toBe(401);
      }),
      { numRuns: RUNS / 4 },
    );
    expect(await stored()).toBe(before);
  });

  test.each(['itself', 'alice', 'trusted'] as const)(
    'with the key %s are answered, never with a failure, and change nothing when they are refused',
    async (key) => {
      const statuses = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(hostileRequest, async (request) => {
          const before = await stored();
          const answer = await go(request, app.keys[key]);
          seen(request, answer);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status >= 400) expect(await stored()).toBe(before);
        }),
        { numRuns: RUNS },
      );
      const malformed = statuses.get(400) ?? 0;
      expect(malformed).toBeGreaterThan(RUNS / 4);
      // What is answered with 200 is rare here; requests that are nearly right are for that.
      expect(malformed).toBeLessThan(RUNS);
    },
  );
});

describe('almost valid requests', () => {
  /** Puts what is there in the places of the request. */
  async function place({
    method,
    path,
    body,
  }: NearlyRight): Promise<{ method: string; path: string; body: unknown }> {
    const admin = app.as('admin').data;
    const models = (await app.as('admin').model.list()).map(({ name }) => name);
    for (const [name, source] of Object.entries(MODELS))
      if (!models.includes(name)) await app.as('admin').model.save(name, source);
    const running = (await admin.findInstances({ status: 'running' })).map(({ name }) => name);
    for (const name of ['review', 'Request Vacation'])
      if (!running.includes(name)) await app.as('alice').engine.start(name, {});
    const [task] = await admin.getPendingUserTasks({});
    const [item] = await admin.findItems({});
    const there: Readonly<Record<string, string | undefined>> = {
      '@instance': task?.instanceId,
      '@item': item?.id,
      '@task': task?.id,
      '@element': task?.elementId,
    };
    const put = (text: string): string =>
      PLACES.reduce((made, name) => made.replaceAll(name, there[name] ?? 'none'), text);
    return { method, path: put(path), body: JSON.parse(put(JSON.stringify(body))) as unknown };
  }

  test.each(['alice', 'trusted'] as const)(
    'are answered with the key %s, never with a failure, and change nothing when they are refused',
    async (key) => {
      const statuses = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(nearlyRight, async (wanted) => {
          const { method, path, body } = await place(wanted);
          const before = await stored();
          const answer = await app.call(method, path, app.keys[key], body);
          seen(JSON.stringify({ method, path, body }), answer);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status >= 400) expect(await stored()).toBe(before);
        }),
        { numRuns: RUNS },
      );
      for (const status of [200, 400, 403, 404]) expect(statuses.get(status)).toBeGreaterThan(0);
    },
  );
});

const filled = ({ path }: Route): string => path.replace(/:\w+/g, 'x');
const request = (route: Route, input: Record<string, unknown>): Promise<Answer> =>
  app.call(route.method, filled(route), app.keys.trusted, input);
/** What each input may be, so that the one at fault is the only one. */
const USUAL: Readonly<Record<string, unknown>> = {
  query: {},
  assignment: {},
  operation: 'task:read',
  newName: 'x',
  xml: 'x',
  to: 'bob',
  assignee: 'bob',
  instanceId: 'x',
  startNodeId: 'x',
  messageId: 'x',
  signalId: 'x',
  model: 'x',
  name: 'x',
};
const usual = ({ path, takes }: Route): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(takes).flatMap(([name, { required }]) =>
      required && name in USUAL && !path.includes(`:${name}`) ? [[name, USUAL[name]]] : [],
    ),
  );

const texts = ROUTES.filter(({ upload }) => !upload).flatMap((route) =>
  Object.entries(route.takes)
    .filter(([name, { text }]) => text && !route.path.includes(`:${name}`))
    .map(([name]) => [`${route.method} ${route.path}`, name, route] as const),
);
test.each(texts)('%s: %s must be a text', async (_what, name, route) => {
  for (const value of NO_NAMES) {
    const { status, body } = await request(route, { ...usual(route), [name]: value });
    expect([value, status, body.code, body.detail]).toEqual([
      value,
      400,
      'bad-request',
      `${name} must be a text.`,
    ]);
  }
});

const queries = ROUTES.flatMap((route) =>
  ['query', 'filter', 'messageMatchingKey']
    .filter((name) => name in route.takes)
    .map((name) => [`${route.method} ${route.path}`, name, route] as const),
);
test.each(queries)(
  '%s: only admitted operators and fields are accepted in %s',
  async (_what, name, route) => {
    const before = await stored();
    for (const value of BAD_QUERIES) {
      const { status, body } = await request(route, { ...usual(route), [name]: value });
      expect([value, status, body.code]).toEqual([value, 400, 'bad-query']);
    }
    expect(await stored()).toBe(before);
  },
);

/** There a name is that of a task or of a section, which no file is called by. */
const NAMES_OF_OTHERS = /^\/api\/(?:instances|policy)\//;
const names = ROUTES.filter(
  ({ takes, path, upload }) =>
    !upload &&
    !path.includes(':name') &&
    !NAMES_OF_OTHERS.test(path) &&
    ('name' in takes || 'newName' in takes),
).flatMap((route) =>
  ['name', 'newName']
    .filter((name) => name in route.takes)
    .map((name) => [`${route.method} ${route.path}`, name, route] as const),
);
test.each(names)('%s: %s cannot leave the folder of models', async (_what, name, route) => {
  const before = await stored();
  for (const value of NAMES_THAT_LEAD_OUT) {
    const { status, body } = await request(route, {
      ...usual(route),
      ...(name === 'newName' ? { name: 'review' } : {}),
      [name]: value,
    });
    expect([value, status, body.code]).toEqual([value, 400, 'bad-model']);
  }
  expect(await stored()).toBe(before);
});

test.each([
  '/api/definitions/load/%',
  '/api/definitions/load/%zz',
  '/api/definitions/load/%c0%af',
  '/api/tasks/%ff/candidates',
])('%s is refused because it cannot be decoded', async (path) => {
  const { status, body } = await app.call('GET', path, app.keys.trusted);
  expect([status, body.code, body.detail]).toEqual([400, 'bad-request', 'The path cannot be decoded.']);
});

test.each([
  '/api/definitions/load/..',
  '/api/definitions/load/../../etc/passwd',
  '/api/definitions/load/..%2f..%2fetc%2fpasswd',
  '/api/definitions/load/%2e%2e',
  '/api2/model/load/%2Fetc%2Fpasswd',
])('%s loads nothing', async (path) => {
  const { status, text } = await app.call('GET', path, app.keys.trusted);
  expect([400, 404]).toContain(status);
  expect(text).not.toMatch(/root:/);
});

describe('malformed HTTP', () => {
  /** Sends bytes and gives what comes until the connection ends. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(app.port, '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.setTimeout(60_000, () => socket.destroy(new Error('no answer')));
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  const head = (more: string): string =>
    `POST /api/engine/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-api-key: ${app.keys.trusted}\r\nContent-Type: application/json\r\n${more}\r\n`;

  test.each<[string, () => string, RegExp]>([
    [
      'a body shorter than announced',
      () => `${head('Content-Length: 50\r\n')}{"name"`,
      /^(HTTP\/1\.1 400|$)/,
    ],
    [
      'a body longer than announced',
      () => `${head('Content-Length: 2\r\n')}{}{"name":"review"}`,
      /^HTTP\/1\.1 400/,
    ],
    ['a length that is none', () => `${head('Content-Length: many\r\n')}{}`, /^HTTP\/1\.1 400/],
    ['a length below nothing', () => `${head('Content-Length: -1\r\n')}{}`, /^HTTP\/1\.1 400/],
    ['two lengths', () => `${head('Content-Length: 2\r\nContent-Length: 30\r\n')}{}`, /^HTTP\/1\.1 400/],
    [
      'a length and pieces',
      () => `${head('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n')}2\r\n{}\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    [
      'a piece that is none',
      () => `${head('Transfer-Encoding: chunked\r\n')}zz\r\n{}\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    [
      'two keys',
      () => `${head(`x-api-key: ${app.keys.itself}\r\nContent-Length: 2\r\n`)}{}`,
      /^HTTP\/1\.1 401/,
    ],
    [
      'an address of another host',
      () => `GET http://elsewhere/api/engine/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      /^HTTP\/1\.1 40[14]/,
    ],
    [
      'an asterisk',
      () => 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 (404|200|204)/,
    ],
  ])('%s ends the connection, and the next request is answered', async (_what, text, expected) => {
    const before = await stored();
    expect(await raw(text())).toMatch(expected);
    expect((await app.call('GET', '/health')).status).toBe(200);
    expect(await stored()).toBe(before);
  });
});
