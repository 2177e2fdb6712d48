import type { Route } from '../../src/express/routes/route.js';
import { holdBack } from '../support/held.js';
import { end, model, start, task } from '../support/models.js';
import type { Application } from './application.js';
import { caseInputs } from './case-inputs.js';
import { policyInputs, withoutPolicies } from './policy-inputs.js';
import type { Answer } from './send.js';

/** What makes one route succeed. */
export interface RouteInput {
  readonly path?: Record<string, string>;
  readonly body?: Record<string, unknown>;
  readonly before?: () => Promise<unknown>;
  /** On whose behalf; missing: the key's own. */
  readonly user?: string;
}

/** The instances and tasks that inputs name. */
export interface Ground {
  readonly instance: string;
  readonly read: string;
  readonly first: string;
  readonly two: string;
  readonly waits: string;
  readonly ended: string;
}
/** Makes them anew, and takes back what routes have made. */
export async function ground(app: Application): Promise<Ground> {
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

const file = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.bpmn"\r\n\r\n${model([start(), task('a'), end()])}\r\n--x--`;

const MONITOR = {
  effect: 'Allow',
  users: { user: 'zoe' },
  privilege: 'Monitor',
  on: 'system',
} as const;
const DUTY = { duty: 'not-initiator', model: 'spare', tasks: ['a'] } as const;

type Inputs = [id: string, (on: Ground) => RouteInput][];

const commands = (app: Application, id: string): Inputs => [
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
const imports = (id: string): Inputs => [
  [id, () => ({ path: { name: 'new' } })],
  [`${id}.name`, () => ({ path: { name: 'new' } })],
];
const models = (id: string): Inputs => [
  [`${id}.list`, () => ({})],
  [`${id}.load`, () => ({ body: { name: 'review' } })],
  [`${id}.load.name`, () => ({ path: { name: 'review' } })],
  [`${id}.delete`, () => ({ body: { name: 'spare' } })],
  [`${id}.rename`, () => ({ body: { name: 'spare', newName: 'renamed' } })],
  ...imports(`${id}.import`),
];
/** What makes each route succeed, by its id. */
export const routeInputs = (app: Application): ReadonlyMap<string, (on: Ground) => RouteInput> =>
  new Map<string, (on: Ground) => RouteInput>([
    ['health', () => ({})],
    ['ready', () => ({})],
    ['status', () => ({})],
    ...commands(app, 'engine'),
    ...commands(app, 'api2.engine'),
    ['engine.restart', (on) => ({ body: { query: { 'items.id': on.ended } } })],
    ['engine.upgrade', () => ({ body: { model: 'review' } })],
    ['engine.get', (on) => ({ body: { query: { id: on.instance } } })],
    ['engine.status', () => ({})],
    [
      'datastore.find',
      () => ({ body: { filter: { 'items.status': 'wait' }, getTotalCount: true, exactTotal: true } }),
    ],
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
    ['tasks.count', () => ({ body: { query: {}, exact: true }, user: 'alice' })],
    ['tasks.candidates', (on) => ({ path: { itemId: on.read }, user: 'alice' })],
    ['tasks.take', (on) => ({ path: { itemId: on.read }, user: 'alice' })],
    [
      'tasks.release',
      (on) => ({
        path: { itemId: on.read },
        user: 'alice',
        before: () => app.as('alice').tasks.take(on.read),
      }),
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
    [
      'tasks.complete',
      (on) => ({ path: { itemId: on.first }, body: { data: { done: true } }, user: 'alice' }),
    ],
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
      (on) => ({
        path: { instanceId: on.instance },
        body: { name: 'call', assignment: { assignee: 'bob' } },
      }),
    ],
    ['instances.addProcess', (on) => ({ path: { instanceId: on.instance }, body: { model: 'review' } })],
    ['instances.terminate', (on) => ({ path: { instanceId: on.instance } })],
    ['work.list', () => ({})],
    ['work.orphans', () => ({})],
    [
      'audit.find',
      () => ({ body: { since: '2026-01-01T00:00:00Z', by: 'root', answer: 'allowed', limit: 1 } }),
    ],
    [
      'work.retry',
      (on) => ({ path: { workId: on.instance }, before: () => holdBack(app.guard, on.instance) }),
    ],
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

/** Calls a route; one that takes a form with files gets a model. */
export async function callRoute(
  app: Application,
  route: Route,
  { path = {}, body = {}, user }: RouteInput,
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
