import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { apiKeys, userDirectory, type Guard, type Store } from 'bpmn-guard';
import { send } from '../../http/send.js';
import { ADMIN_USER, person } from '../guards.js';
import { catching, end, message, model, signal, start, task } from '../models.js';

export const [ann, bob] = [person('ann'), person('bob')];
const CANDIDATES = { candidateUsers: 'ann,bob' };
const FLOW = [start(), task('t', CANDIDATES), task('u', { assignee: 'ann' }), end()];

export const MODELS: Readonly<Record<string, string>> = {
  M: model(FLOW),
  /** The same, to migrate to. */
  N: model(FLOW),
  Awaits: model([start(), catching('c', message('m')), end()], { messages: ['m'] }),
  Hears: model([start(), catching('c', signal('s')), end()], { signals: ['s'] }),
  Begun: model([start({}, message('b')), task('t', CANDIDATES), end()], { messages: ['b'] }),
};
const PASSWORD = 'correct horse battery staple';

/** What a call needs beside an instance of M: a user with a password, and a key. */
export async function furnish(store: Store): Promise<string> {
  await userDirectory(store).add({ userName: 'kim', userGroups: [] }, PASSWORD);
  const { text, key } = await apiKeys(store).create('erp', { actsFor: { users: ['ann'] } });
  // It was used a moment ago, so that its next use is not written down.
  await store.values('keys-used').set(key.id, new Date());
  return text;
}

/** Where a call begins: an instance whose first task waits. */
export interface At {
  readonly guard: Guard;
  readonly id: string;
  readonly itemId: string;
  /** An API key. */
  readonly key: string;
  /** An instance of another model, that an earlier step has started. */
  other?: string;
}
export type Work = (at: At) => Promise<unknown>;

const begin =
  (name: string): Work =>
  async (at) =>
    void (at.other = (await at.guard.api.engine.start(name, {}, ann)).id);
export const take: Work = ({ guard, itemId }) => guard.api.tasks.take(itemId, ann);
const delegate: Work = ({ guard, itemId }) => guard.api.tasks.delegate(itemId, 'bob', ann);
const reject: Work = ({ guard, itemId }) => guard.api.tasks.reject(itemId, ann);
const suspendTask: Work = ({ guard, itemId }) => guard.api.tasks.suspend(itemId, ADMIN_USER);
const suspend: Work = ({ guard, id }) => guard.api.engine.suspend(id, ADMIN_USER);
const FILTER = { 'items.status': 'wait' };

/** A request of another program whose key this process does not know yet. */
async function request({ guard, key }: At, path: string): Promise<void> {
  const app = express().use(guard.authenticate(), guard.router());
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const { status, text } = await send(port, 'GET', path, { 'x-api-key': key, 'x-user-id': 'ann' });
  await new Promise((resolve) => server.close(resolve));
  if (status !== 200) throw new Error(`${status} ${text}`);
}

/** A call, what comes before it, how often it waits for the store, and what it asks MongoDB. */
export const CALLS: readonly (readonly [
  what: string,
  before: readonly Work[],
  work: Work,
  waits: number,
  commands: number,
])[] = [
  ['a start', [], ({ guard }) => guard.api.engine.start('M', { a: 1 }, ann), 3, 4],
  ['taking a task', [], take, 5, 9],
  ['releasing a task', [take], ({ guard, itemId }) => guard.api.tasks.release(itemId, ann), 5, 9],
  [
    'assigning a task',
    [take],
    ({ guard, itemId }) => guard.api.tasks.assign(itemId, 'bob', ADMIN_USER),
    5,
    9,
  ],
  ['lending a task', [take], delegate, 5, 9],
  ['returning a task', [take, delegate], ({ guard, itemId }) => guard.api.tasks.resolve(itemId, bob), 5, 9],
  ['completing a task', [take], ({ guard, itemId }) => guard.api.tasks.complete(itemId, {}, ann), 5, 9],
  ['rejecting a task', [], reject, 5, 9],
  ['taking a refusal back', [reject], ({ guard, itemId }) => guard.api.tasks.undoReject(itemId, ann), 5, 9],
  ['suspending a task', [], ({ guard, itemId }) => guard.api.tasks.suspend(itemId, ADMIN_USER), 5, 9],
  ['suspending an instance', [], ({ guard, id }) => guard.api.engine.suspend(id, ADMIN_USER), 5, 8],
  ['ending an instance', [], ({ guard, id }) => guard.api.engine.terminate(id, ADMIN_USER), 6, 9],
  ['an instance by id', [], ({ guard, id }) => guard.api.engine.get({ id }, ann), 3, 4],
  ['the waiting tasks', [], ({ guard }) => guard.api.data.getPendingUserTasks({}, ann), 2, 3],
  ['a page of tasks', [], ({ guard }) => guard.api.data.find({ filter: FILTER, limit: 2 }, ann), 2, 4],
  [
    'a page of tasks with its total',
    [],
    ({ guard }) => guard.api.data.find({ filter: FILTER, limit: 2, getTotalCount: true }, ann),
    2,
    5,
  ],
  ['a page of instances', [], ({ guard }) => guard.api.data.find({ limit: 2 }, ann), 1, 2],
  [
    'a page of instances with its total',
    [],
    ({ guard }) => guard.api.data.find({ limit: 2, getTotalCount: true }, ann),
    1,
    3,
  ],
  ['the number of waiting tasks', [], ({ guard }) => guard.api.tasks.count(undefined, ann), 1, 2],
  ['the candidates of a task', [], ({ guard, itemId }) => guard.api.tasks.candidates(itemId, ann), 2, 3],
  ['what may be done with a task', [], ({ guard, itemId }) => guard.api.tasks.allowed([itemId], ann), 2, 3],
  ['the models', [], ({ guard }) => guard.api.model.list(undefined, ADMIN_USER), 1, 2],
  [
    'completing a task by a query',
    [take],
    ({ guard, itemId }) => guard.api.engine.invoke({ 'items.id': itemId }, {}, ann),
    5,
    9,
  ],
  [
    'assigning by a query',
    [],
    ({ guard, itemId }) => guard.api.engine.assign({ 'items.id': itemId }, {}, { assignee: 'ann' }, ann),
    5,
    9,
  ],
  [
    'handing a task on',
    [take],
    ({ guard, itemId }) => guard.api.tasks.escalate(itemId, { user: 'bob' }, ann),
    5,
    9,
  ],
  [
    'resuming a task',
    [suspendTask],
    ({ guard, itemId }) => guard.api.tasks.resume(itemId, ADMIN_USER),
    6,
    12,
  ],
  ['resuming an instance', [suspend], ({ guard, id }) => guard.api.engine.resume(id, ADMIN_USER), 6, 11],
  ['setting data', [], ({ guard, id }) => guard.api.cases.setData(id, { a: 1 }, ADMIN_USER), 7, 8],
  [
    'adding a task',
    [],
    ({ guard, id }) => guard.api.engine.addTask(id, { name: 'x', assignee: 'bob' }, ADMIN_USER),
    8,
    10,
  ],
  ['migrating an instance', [], ({ guard, id }) => guard.api.engine.migrate(id, 'N', ADMIN_USER), 6, 9],
  ['deleting an instance', [], ({ guard, id }) => guard.api.data.deleteInstances({ id }, ADMIN_USER), 8, 8],
  [
    'a message to an instance',
    [begin('Awaits')],
    ({ guard, other }) => guard.api.engine.throwMessage('m', {}, { id: other }, ADMIN_USER),
    8,
    10,
  ],
  ['a message that starts', [], ({ guard }) => guard.api.engine.throwMessage('b', {}, null, ann), 4, 5],
  [
    'a signal to an instance',
    [begin('Hears')],
    ({ guard }) => guard.api.engine.throwSignal('s', {}, null, ADMIN_USER),
    8,
    10,
  ],
  ['the items of an instance', [], ({ guard, id }) => guard.api.data.findItems({ id }, ann), 2, 3],
  ['one item', [], ({ guard, itemId }) => guard.api.data.findItem({ 'items.id': itemId }, ann), 2, 4],
  [
    'instances with their sources',
    [],
    ({ guard, id }) => guard.api.data.findInstances({ id }, ann, 'full'),
    1,
    2,
  ],
  ['a question', [], ({ guard, itemId }) => guard.can(ann, 'task:take', { item: { id: itemId } }), 2, 2],
  ['a password', [], ({ guard }) => userDirectory(guard.store).verify('kim', PASSWORD), 1, 1],
  ['a login', [], ({ guard }) => guard.identity.session('login', 'kim'), 1, 1],
  ['a request for the tasks of a user, with a key', [], (at) => request(at, '/api/tasks'), 2, 4],
];
