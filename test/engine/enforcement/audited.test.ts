import { AccessDenied, type GuardApi, type GuardEvent, type SecureUser } from 'bpmn-guard';
import { idOfStart } from '../../../src/engine/execution/held-starts.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';

type Call = (api: GuardApi, id: string, user: SecureUser) => Promise<unknown>;
type Entry = readonly [operation: string, resource: object, call: Call];

const START = idOfStart({ owner: null, name: 'M', elementId: 'start' });
/** An id longer than what an entry keeps of it. */
const ID = 'i'.repeat(120);
const id = 'i'.repeat(100);
const [TASK, INSTANCE, MODEL] = [{ kind: 'task' }, { kind: 'instance' }, { kind: 'model' }];
const ONE = { kind: 'task', id };
const AUDIT = { kind: 'system', name: 'audit' };
const CASE = { kind: 'instance', id };
const NAMED = { kind: 'model', name: 'M' };
const query = { id: ID };

/** Each member, with what is written of a caller whom it refuses. */
const MEMBERS: Readonly<Record<string, Entry>> = {
  'engine.start': ['instance:start', NAMED, ({ engine }, _id, user) => engine.start('M', {}, user)],
  'engine.invoke': ['task:execute', TASK, ({ engine }, _id, user) => engine.invoke(query, {}, user)],
  'engine.assign': ['task:assign', TASK, ({ engine }, _id, user) => engine.assign(query, {}, {}, user)],
  'engine.throwMessage': [
    'instance:message',
    INSTANCE,
    (api, _id, user) => api.engine.throwMessage('m', {}, {}, user),
  ],
  'engine.throwSignal': [
    'instance:signal',
    INSTANCE,
    (api, _id, user) => api.engine.throwSignal('s', {}, {}, user),
  ],
  'engine.startEvent': [
    'instance:event',
    INSTANCE,
    (api, one, user) => api.engine.startEvent(one, 'e', {}, user),
  ],
  'engine.restart': [
    'instance:restart',
    INSTANCE,
    ({ engine }, _id, user) => engine.restart(query, {}, user),
  ],
  'engine.upgrade': ['instance:migrate', INSTANCE, ({ engine }, _id, user) => engine.upgrade('M', [], user)],
  'engine.get': ['instance:read', INSTANCE, ({ engine }, _id, user) => engine.get(query, user)],
  'engine.suspend': ['instance:suspend', INSTANCE, ({ engine }, one, user) => engine.suspend(one, user)],
  'engine.resume': ['instance:suspend', INSTANCE, ({ engine }, one, user) => engine.resume(one, user)],
  'engine.migrate': ['instance:migrate', INSTANCE, ({ engine }, one, user) => engine.migrate(one, 'M', user)],
  'engine.addTask': [
    'instance:event',
    INSTANCE,
    (api, one, user) => api.engine.addTask(one, { name: 'x' }, user),
  ],
  'engine.addProcess': [
    'instance:event',
    INSTANCE,
    (api, one, user) => api.engine.addProcess(one, 'M', {}, user),
  ],
  'engine.terminate': ['instance:cancel', INSTANCE, ({ engine }, one, user) => engine.terminate(one, user)],
  'data.getPendingUserTasks': [
    'task:read',
    TASK,
    ({ data }, _id, user) => data.getPendingUserTasks({}, user),
  ],
  'data.findItems': ['task:read', TASK, ({ data }, _id, user) => data.findItems({}, user)],
  'data.findItem': ['task:read', TASK, ({ data }, _id, user) => data.findItem({}, user)],
  'data.findInstances': ['instance:read', INSTANCE, ({ data }, _id, user) => data.findInstances({}, user)],
  'data.find': ['instance:read', INSTANCE, ({ data }, _id, user) => data.find({}, user)],
  'data.deleteInstances': [
    'instance:delete',
    INSTANCE,
    ({ data }, _id, user) => data.deleteInstances({}, user),
  ],
  'model.get': ['model:read', MODEL, ({ model }, _id, user) => model.get({}, user)],
  'model.list': ['model:read', MODEL, ({ model }, _id, user) => model.list({}, user)],
  'model.getSource': ['model:read', NAMED, ({ model }, _id, user) => model.getSource('M', user)],
  'model.load': ['model:read', NAMED, ({ model }, _id, user) => model.load('M', user)],
  'model.findEvents': ['model:read', MODEL, ({ model }, _id, user) => model.findEvents({}, user)],
  'model.findStartEvents': ['model:read', MODEL, ({ model }, _id, user) => model.findStartEvents({}, user)],
  'model.save': ['model:write', NAMED, ({ model }, _id, user) => model.save('M', '', null, user)],
  'model.check': ['model:create', MODEL, ({ model }, _id, user) => model.check('', user)],
  'model.delete': ['model:delete', NAMED, ({ model }, _id, user) => model.delete('M', user)],
  'model.rename': ['model:write', NAMED, ({ model }, _id, user) => model.rename('M', 'N', user)],
  'model.export': ['model:write', MODEL, ({ model }, _id, user) => model.export({}, '/', user)],
  'tasks.take': ['task:take', ONE, ({ tasks }, one, user) => tasks.take(one, user)],
  'tasks.release': ['task:take', ONE, ({ tasks }, one, user) => tasks.release(one, user)],
  'tasks.assign': ['task:assign', ONE, ({ tasks }, one, user) => tasks.assign(one, 'a', user)],
  'tasks.delegate': ['task:delegate', ONE, ({ tasks }, one, user) => tasks.delegate(one, 'a', user)],
  'tasks.resolve': ['task:delegate', ONE, ({ tasks }, one, user) => tasks.resolve(one, user)],
  'tasks.complete': ['task:execute', ONE, ({ tasks }, one, user) => tasks.complete(one, {}, user)],
  'tasks.reject': ['task:reject', ONE, ({ tasks }, one, user) => tasks.reject(one, user)],
  'tasks.undoReject': ['task:reject', ONE, ({ tasks }, one, user) => tasks.undoReject(one, user)],
  'tasks.escalate': ['task:escalate', ONE, ({ tasks }, one, user) => tasks.escalate(one, 'a', user)],
  'tasks.suspend': ['task:suspend', ONE, ({ tasks }, one, user) => tasks.suspend(one, user)],
  'tasks.resume': ['task:suspend', ONE, ({ tasks }, one, user) => tasks.resume(one, user)],
  'tasks.allowed': ['task:read', TASK, ({ tasks }, one, user) => tasks.allowed([one], user)],
  'tasks.count': ['task:read', TASK, ({ tasks }, _id, user) => tasks.count({}, user)],
  'tasks.candidates': ['task:assignees', ONE, ({ tasks }, one, user) => tasks.candidates(one, user)],
  'cases.roles': ['instance:read', CASE, ({ cases }, one, user) => cases.roles(one, user)],
  'cases.setRole': ['instance:roles', CASE, ({ cases }, one, user) => cases.setRole(one, 'r', {}, user)],
  'cases.addToRole': ['instance:roles', CASE, ({ cases }, one, user) => cases.addToRole(one, 'r', {}, user)],
  'cases.comment': ['instance:comment', CASE, ({ cases }, one, user) => cases.comment(one, 'x', {}, user)],
  'cases.changeComment': [
    'instance:comment',
    CASE,
    (api, one, user) => api.cases.changeComment(one, 'c', 'x', user),
  ],
  'cases.removeComment': [
    'instance:comment',
    CASE,
    (api, one, user) => api.cases.removeComment(one, 'c', user),
  ],
  'cases.listComments': ['instance:read', CASE, ({ cases }, one, user) => cases.listComments(one, user)],
  'cases.setData': ['instance:data', CASE, ({ cases }, one, user) => cases.setData(one, {}, user)],
  'cases.removeData': ['instance:data', CASE, ({ cases }, one, user) => cases.removeData(one, [], user)],
  'audit.find': ['system:audit', AUDIT, ({ audit }, _id, user) => audit.find({}, user)],
  'work.list': ['instance:cancel', INSTANCE, ({ work }, _id, user) => work.list({}, user)],
  'work.orphans': ['instance:cancel', INSTANCE, ({ work }, _id, user) => work.orphans({}, user)],
  'work.retry': [
    'instance:cancel',
    { ...CASE, instanceId: id },
    ({ work }, one, user) => work.retry(one, user),
  ],
  'work.retry of a start': ['model:write', NAMED, ({ work }, _id, user) => work.retry(START, user)],
  'work.stop': [
    'instance:cancel',
    { ...CASE, instanceId: id },
    ({ work }, one, user) => work.stop(one, user),
  ],
};

const guards = new Guards('embedded');
const directory = { find: async (name: string) => (name === 'admin' ? ADMIN_USER : undefined) };

test('whom a member refuses is in the audit trail and told, with the operation and what it was about', async () => {
  const guard = await guards.make({ directory });
  const told: GuardEvent[] = [];
  guard.on('denied', (event) => void told.push(event));
  const [expected, written]: Record<string, unknown>[] = [{}, {}];
  for (const [name, [operation, resource, call]] of Object.entries(MEMBERS)) {
    await refusal(call(guard.api, ID, person(name)));
    const [entry] = await guard.store.audit.find({ limit: 1 });
    Object.assign(expected ?? {}, {
      [name]: { operation, resource, answer: 'refused', reason: 'unauthenticated' },
    });
    const { answer, reason } = entry ?? {};
    Object.assign(written ?? {}, {
      [name]: { operation: entry?.operation, resource: entry?.resource, answer, reason },
    });
  }
  expect(written).toEqual(expected);
  await guard.close();
  expect(told.map((event) => event.operation)).toEqual(
    Object.values(MEMBERS).map(([operation]) => operation),
  );
});

test('handlers of denied are told about refusals by identity.require, requireRight and call', async () => {
  const guard = await guards.make();
  const told: GuardEvent[] = [];
  guard.on('denied', (event) => void told.push(event));
  const { identity } = guard;
  const eve = person('eve');
  const target = { kind: 'system', instanceId: 'i1' };
  const refuses = async (): Promise<never> => Promise.reject(new AccessDenied('forbidden', 'No.'));
  const fails = async (): Promise<never> => Promise.reject(new Error('broken'));
  await refusal(identity.requireRight(eve, 'Document:Read'));
  await refusal(identity.require(eve, 'model:write'));
  await refusal(identity.call(eve, 'documents', target, refuses));
  await refusal(identity.call(undefined, 'documents', target, async () => undefined));
  await refusal(identity.call(eve, 'documents', target, fails));
  await guard.close();
  expect(told).toEqual([
    { event: 'denied', userName: 'eve', operation: 'Document:Read' },
    { event: 'denied', userName: 'eve', operation: 'model:write' },
    { event: 'denied', userName: 'eve', operation: 'documents', instanceId: 'i1' },
    { event: 'denied', userName: null, operation: 'documents', instanceId: 'i1' },
  ]);
});

test('an entry has no id where none was given', async () => {
  const guard = await guards.make({ directory });
  const { tasks, cases, work, engine } = guard.api;
  const bad = 7 as unknown as string;
  for (const [call, resource] of [
    [() => tasks.take(bad, person('eve')), TASK],
    [() => cases.roles(bad, person('eve')), INSTANCE],
    [() => work.stop(bad, person('eve')), INSTANCE],
    [() => engine.start(bad, {}, person('eve')), MODEL],
    [() => engine.start('m'.repeat(300), {}, person('eve')), { kind: 'model', name: 'm'.repeat(200) }],
  ] as const) {
    await refusal(call());
    const [entry] = await guard.store.audit.find({ limit: 1 });
    expect(entry?.resource).toEqual(resource);
  }
});
