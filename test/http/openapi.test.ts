import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Ajv2020 from 'ajv/dist/2020';
import { createRouter } from '../../src/express/router.js';
import { ROUTES } from '../../src/express/routes/index.js';
import type { Route } from '../../src/express/routes/route.js';
import { end, model, start, task } from '../support/models.js';
import { holdBack } from '../support/held.js';
import { Application } from './application.js';
import { caseInputs } from './case-inputs.js';
import { policyInputs, withoutPolicies } from './policy-inputs.js';
import { send, type Answer } from './send.js';

const app = new Application({ dialect: 'http' });
let document: any;
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
});

beforeAll(async () => {
  await app.start();
  document = (await app.send('GET', '/openapi.json')).body;
  ajv.addSchema(document, 'api');
});
afterAll(() => app.stop());

const inDocument = ({ path }: Route): string => path.replace(/:(\w+)/g, '{$1}');
const pointer = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const contentType = ({ headers }: Answer): string => String(headers['content-type']).split(';')[0] as string;

/** What is wrong with an answer, by the schema that the document has for its status. */
function wrong(route: Route, answer: Answer): unknown {
  const response = document.paths[inDocument(route)][route.method.toLowerCase()].responses[answer.status];
  if (response === undefined) return `${answer.status} is not in the document`;
  const type = contentType(answer);
  if (response.content[type] === undefined) return `${type} is not in the document`;
  const steps = [
    'paths',
    inDocument(route),
    route.method.toLowerCase(),
    'responses',
    String(answer.status),
    'content',
    type,
    'schema',
  ];
  const check = ajv.compile({ $ref: `api#/${steps.map(pointer).join('/')}` });
  return check(type.endsWith('json') ? answer.body : answer.text) ? undefined : check.errors;
}

test('every route is in the document, and nothing else', () => {
  const documented = Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(ROUTES.map((route) => `${route.method} ${inDocument(route)}`).sort());
  expect(new Set(ROUTES.map(({ id }) => id)).size).toBe(ROUTES.length);
});

test('it is OpenAPI 3.1, its references lead somewhere, and each of its schemas is one', () => {
  expect(document.openapi).toBe('3.1.0');
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name as string,
  );
  expect(references.length).toBeGreaterThan(0);
  expect([...new Set(references)].filter((name) => !(name in document.components.schemas))).toEqual([]);
  for (const name of Object.keys(document.components.schemas))
    expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow();
});

test('every input of a route is in the document once, where it is given', () => {
  for (const route of ROUTES) {
    const { parameters, requestBody } = document.paths[inDocument(route)][route.method.toLowerCase()];
    const inBody = Object.keys(
      requestBody?.content['application/json']?.schema.properties ??
        requestBody?.content['multipart/form-data'].schema.properties ??
        {},
    );
    const given = [
      ...parameters.map(({ name }: any) => name),
      ...inBody.filter((name) => !['userId', 'userName', 'user', 'title', 'file'].includes(name)),
    ];
    expect([route.id, [...new Set(given)].sort()]).toEqual([route.id, Object.keys(route.takes).sort()]);
  }
});

test('all but health and readiness needs a key or a token', () => {
  const open = ROUTES.filter(
    (route) => document.paths[inDocument(route)][route.method.toLowerCase()].security.length === 0,
  ).map(({ id }) => id);
  expect(open).toEqual(['health', 'ready']);
});

interface Ground {
  readonly instance: string;
  readonly read: string;
  readonly first: string;
  readonly two: string;
  readonly waits: string;
  readonly ended: string;
}
async function ground(): Promise<Ground> {
  const alice = app.as('alice');
  await withoutPolicies(app);
  await app.as('admin').data.deleteInstances({});
  for (const { name } of await app.as('admin').model.list({ name: { $in: ['new', 'renamed', 'spare'] } }))
    await app.as('admin').model.delete(name);
  await app.as('admin').model.save('spare', model([start(), task('a'), end()]));
  const review = await alice.engine.start('review', {});
  const [read] = await alice.data.getPendingUserTasks({ id: review.id });
  const two = await alice.engine.start('two', {});
  const [first] = await alice.data.getPendingUserTasks({ id: two.id });
  const vacation = await alice.engine.start('Request Vacation', {});
  const request = vacation.items.find(({ elementId }) => elementId === 'request')?.id as string;
  await alice.tasks.complete(request, {});
  await app.as('boss').engine.invoke({ id: vacation.id, 'items.elementId': 'approve' }, {});
  return {
    instance: review.id,
    read: read?.id as string,
    first: first?.id as string,
    two: two.id,
    waits: (await alice.engine.start('wait', {})).id,
    ended: request,
  };
}

type Input = {
  readonly path?: Record<string, string>;
  readonly body?: Record<string, unknown>;
  readonly before?: () => Promise<unknown>;
  readonly user?: string;
};
const file = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.bpmn"\r\n\r\n${model([start(), task('a'), end()])}\r\n--x--`;

const MONITOR = {
  effect: 'Allow',
  users: { user: 'zoe' },
  privilege: 'Monitor',
  on: 'system',
} as const;
const DUTY = { duty: 'not-initiator', model: 'spare', tasks: ['a'] } as const;

/** What makes each route succeed. */
const commands = (id: string): [string, (on: Ground) => Input][] => [
  [`${id}.start`, () => ({ body: { name: 'review', data: { days: 1 } }, user: 'alice' })],
  [`${id}.start.name`, () => ({ path: { name: 'review' }, body: { data: {} }, user: 'alice' })],
  [`${id}.invoke`, (on) => ({ body: { query: { 'items.id': on.first } }, user: 'alice' })],
  [
    `${id}.assign`,
    (on) => ({ body: { query: { 'items.id': on.read }, assignment: { assignee: 'alice' } }, user: 'alice' }),
  ],
  [`${id}.startEvent`, (on) => ({ body: { instanceId: on.two, startNodeId: 'late' } })],
  [`${id}.throwMessage`, (on) => ({ body: { messageId: 'heard', messageMatchingKey: { id: on.waits } } })],
  [
    `${id}.throwSignal`,
    (on) => ({
      body: { signalId: 'seen' },
      before: () => app.as('admin').engine.throwMessage('heard', {}, { id: on.waits }),
    }),
  ],
];
const imports = (id: string): [string, (on: Ground) => Input][] => [
  [id, () => ({ path: { name: 'new' } })],
  [`${id}.name`, () => ({ path: { name: 'new' } })],
];
const models = (id: string): [string, (on: Ground) => Input][] => [
  [`${id}.list`, () => ({})],
  [`${id}.load`, () => ({ body: { name: 'review' } })],
  [`${id}.load.name`, () => ({ path: { name: 'review' } })],
  [`${id}.delete`, () => ({ body: { name: 'spare' } })],
  [`${id}.rename`, () => ({ body: { name: 'spare', newName: 'renamed' } })],
  ...imports(`${id}.import`),
];
const SUCCESS: ReadonlyMap<string, (on: Ground) => Input> = new Map<string, (on: Ground) => Input>([
  ['health', () => ({})],
  ['ready', () => ({})],
  ['status', () => ({})],
  ...commands('engine'),
  ...commands('api2.engine'),
  ['engine.restart', (on) => ({ body: { query: { 'items.id': on.ended } } })],
  ['engine.upgrade', () => ({ body: { model: 'review' } })],
  ['engine.get', (on) => ({ body: { query: { id: on.instance } } })],
  ['engine.status', () => ({})],
  ['datastore.find', () => ({ body: { filter: { 'items.status': 'wait' }, getTotalCount: true } })],
  ['datastore.findItems', () => ({ body: { query: {} } })],
  ['datastore.findInstances', () => ({ body: { query: {}, projection: ['name'] } })],
  ['datastore.deleteInstances', (on) => ({ body: { query: { id: on.two } } })],
  ...models('definitions'),
  ...imports('model.import'),
  ['model.check', () => ({ body: { xml: model([start(), task('a'), end()]) } })],
  ['model.save', () => ({ body: { name: 'new', xml: model([start(), task('a'), end()]) } })],
  ['api2.data.find', () => ({})],
  ['api2.data.findItems', () => ({ body: { query: { 'items.type': 'bpmn:UserTask' } } })],
  ['api2.data.findInstances', () => ({})],
  ['api2.data.deleteInstances', (on) => ({ body: { query: { id: on.two } } })],
  ...models('api2.model'),
  ['api2.model.findEvents', () => ({})],
  ['api2.model.findStartEvents', () => ({ user: 'alice' })],
  ['tasks.list', () => ({ user: 'alice' })],
  ['tasks.count', () => ({ user: 'alice' })],
  ['tasks.candidates', (on) => ({ path: { itemId: on.read }, user: 'alice' })],
  ['tasks.take', (on) => ({ path: { itemId: on.read }, user: 'alice' })],
  [
    'tasks.release',
    (on) => ({ path: { itemId: on.read }, user: 'alice', before: () => app.as('alice').tasks.take(on.read) }),
  ],
  ['tasks.assign', (on) => ({ path: { itemId: on.read }, body: { assignee: 'bob' } })],
  ['tasks.delegate', (on) => ({ path: { itemId: on.first }, body: { to: 'bob' }, user: 'alice' })],
  [
    'tasks.resolve',
    (on) => ({
      path: { itemId: on.first },
      user: 'bob',
      before: () => app.as('alice').tasks.delegate(on.first, 'bob'),
    }),
  ],
  ['tasks.complete', (on) => ({ path: { itemId: on.first }, body: { data: { done: true } }, user: 'alice' })],
  ['tasks.reject', (on) => ({ path: { itemId: on.read }, user: 'alice' })],
  [
    'tasks.undo-reject',
    (on) => ({
      path: { itemId: on.read },
      user: 'alice',
      before: () => app.as('alice').tasks.reject(on.read),
    }),
  ],
  ['tasks.suspend', (on) => ({ path: { itemId: on.read } })],
  [
    'tasks.resume',
    (on) => ({ path: { itemId: on.read }, before: () => app.as('admin').tasks.suspend(on.read) }),
  ],
  ['tasks.escalate', (on) => ({ path: { itemId: on.first }, body: { to: 'bob' }, user: 'alice' })],
  ['tasks.allowed', (on) => ({ body: { itemIds: [on.read, on.first] }, user: 'alice' })],
  ['instances.suspend', (on) => ({ path: { instanceId: on.instance } })],
  [
    'instances.resume',
    (on) => ({
      path: { instanceId: on.instance },
      before: () => app.as('admin').engine.suspend(on.instance),
    }),
  ],
  ['instances.migrate', (on) => ({ path: { instanceId: on.instance }, body: { model: 'review' } })],
  [
    'instances.addTask',
    (on) => ({ path: { instanceId: on.instance }, body: { name: 'call', assignment: { assignee: 'bob' } } }),
  ],
  ['instances.addProcess', (on) => ({ path: { instanceId: on.instance }, body: { model: 'review' } })],
  ['instances.terminate', (on) => ({ path: { instanceId: on.instance } })],
  ['work.list', () => ({})],
  ['work.orphans', () => ({})],
  ['work.retry', (on) => ({ path: { workId: on.instance }, before: () => holdBack(app.guard, on.instance) })],
  ['work.stop', (on) => ({ path: { workId: on.instance } })],
  ['duties.list', () => ({ before: () => app.as('admin').policies.duties.save('d', DUTY) })],
  ['policy.lint', () => ({ before: () => app.as('admin').policies.duties.save('d', DUTY) })],
  ['duties.save', () => ({ path: { name: 'e' }, body: DUTY })],
  [
    'duties.remove',
    () => ({ path: { name: 'd' }, before: () => app.as('admin').policies.duties.save('d', DUTY) }),
  ],
  ['grid.list', () => ({ before: () => app.as('admin').policies.grid.saveLabel('L', { multiple: 2 }) })],
  ['grid.export', () => ({ path: { form: 'csv' } })],
  [
    'grid.import',
    () => ({ path: { form: 'text' }, body: { text: 'g: Allow user "zoe" to Monitor on system' } }),
  ],
  ['grid.save', () => ({ path: { id: 'h' }, body: MONITOR })],
  [
    'grid.remove',
    () => ({ path: { id: 'i' }, before: () => app.as('admin').policies.grid.save('i', MONITOR) }),
  ],
  ['grid.saveLabel', () => ({ path: { name: 'M' }, body: { multiple: 1 } })],
  [
    'grid.removeLabel',
    () => ({ path: { name: 'N' }, before: () => app.as('admin').policies.grid.saveLabel('N', {}) }),
  ],
  ['can', (on) => ({ body: { operation: 'task:take', itemId: on.read }, user: 'alice' })],
  ['explain', (on) => ({ body: { operation: 'instance:delete', instanceId: on.instance }, user: 'alice' })],
  ...policyInputs(app),
  ...caseInputs(app),
]);

async function go(
  route: Route,
  { path = {}, body = {}, user }: Input,
  key: string | undefined,
): Promise<Answer> {
  const at = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(path[name] ?? 'none'));
  if (!route.upload)
    return app.call(route.method, at, key, { ...body, ...(user === undefined ? {} : { userId: user }) });
  const named = route.path.includes(':name')
    ? file
    : `--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n${path.name}\r\n${file}`;
  return app.send(
    route.method,
    at,
    { 'content-type': 'multipart/form-data; boundary=x', ...(key === undefined ? {} : { 'x-api-key': key }) },
    named,
  );
}

describe.each(ROUTES.map((route) => [route.id, route] as const))('%s', (id, route) => {
  const inputOf = (on: Ground): Input => {
    const make = SUCCESS.get(id);
    if (make === undefined) throw new Error(`The test does not know how ${id} succeeds.`);
    return make(on);
  };

  test('answers as the document says', async () => {
    const input = inputOf(await ground());
    await input.before?.();
    const answer = await go(route, input, app.keys.trusted);
    expect([answer.status, wrong(route, answer), answer.status === 200 ? '' : answer.text]).toEqual([
      200,
      undefined,
      '',
    ]);
  });

  if (route.operation === 'public') return;

  test('refuses as the document says', async () => {
    const input = inputOf({ instance: 'i', read: 'r', first: 'f', two: 't', waits: 'w', ended: 'e' });
    const statuses = async (...calls: Promise<Answer>[]): Promise<unknown[]> =>
      (await Promise.all(calls)).map((answer) => [answer.status, wrong(route, answer)]);
    expect(await statuses(go(route, input, undefined), go(route, input, app.keys.wrong))).toEqual([
      [401, undefined],
      [401, undefined],
    ]);
    if (route.upload) {
      expect(await statuses(go(route, input, app.keys.itself))).toEqual([[403, undefined]]);
      return;
    }
    const unknown = {
      ...input,
      body: { ...input.body, unknown: 1, ...(route.bodyIs === undefined ? {} : { query: {} }) },
    };
    expect(
      await statuses(
        go(route, { ...input, user: 'nobody' }, app.keys.trusted),
        go(route, unknown, app.keys.trusted),
      ),
    ).toEqual([
      [403, undefined],
      [400, undefined],
    ]);
    const [[status, problem]] = (await statuses(
      go(route, { ...input, user: 'stranger' }, app.keys.trusted),
    )) as [[number, unknown]];
    expect([200, 400, 403, 404]).toContain(status);
    expect(problem).toBeUndefined();
  });
});

test('a store that does not answer is told as the document says', async () => {
  const route = ROUTES.find(({ id }) => id === 'ready') as Route;
  const router = createRouter(
    { ...app.guard, health: () => Promise.reject(new Error('gone')) },
    { dialect: 'http' },
  );
  const server = createServer((req, res) => router(req, res, () => void res.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await send((server.address() as AddressInfo).port, 'GET', '/ready');
  await new Promise((resolve) => server.close(resolve));
  expect([answer.status, answer.body, wrong(route, answer)]).toEqual([
    503,
    { ready: false, store: false, indexes: false, reindexed: false },
    undefined,
  ]);
});
