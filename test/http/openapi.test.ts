import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Ajv2020 from 'ajv/dist/2020';
import { createRouter } from '../../src/express/router.js';
import { ROUTES } from '../../src/express/routes/index.js';
import type { Route } from '../../src/express/routes/route.js';
import { Application } from './application.js';
import { callRoute, ground, routeInputs, type Ground, type RouteInput } from './route-inputs.js';
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

test('it is valid OpenAPI 3.1 with resolvable references and schemas', () => {
  expect(document.openapi).toBe('3.1.0');
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name as string,
  );
  expect(references.length).toBeGreaterThan(0);
  expect([...new Set(references)].filter((name) => !(name in document.components.schemas))).toEqual([]);
  for (const name of Object.keys(document.components.schemas))
    expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow();
});

test('every input of a route is documented once, in the right place', () => {
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

test('all routes except health and readiness need a key or a token', () => {
  const open = ROUTES.filter(
    (route) => document.paths[inDocument(route)][route.method.toLowerCase()].security.length === 0,
  ).map(({ id }) => id);
  expect(open).toEqual(['health', 'ready']);
});

const SUCCESS = routeInputs(app);
const go = (route: Route, input: RouteInput, key: string | undefined): Promise<Answer> =>
  callRoute(app, route, input, key);

describe.each(ROUTES.map((route) => [route.id, route] as const))('%s', (id, route) => {
  const inputOf = (on: Ground): RouteInput => {
    const make = SUCCESS.get(id);
    if (make === undefined) throw new Error(`The test does not know how ${id} succeeds.`);
    return make(on);
  };

  test('answers as the document says', async () => {
    const input = inputOf(await ground(app));
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

test('an unresponsive store is reported as the document says', async () => {
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
