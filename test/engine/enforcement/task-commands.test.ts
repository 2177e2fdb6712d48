import { SecureUser, type Guard, type GuardEvent, type Policy } from 'bpmn-guard';
import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { catching, end, message, model, service, start, task } from '../../support/models.js';
import { any, told as refusals } from '../../support/told.js';

const [ann, bob] = [person('ann'), person('bob')];
const M = model([start(), task('t', { candidateUsers: 'ann,bob' }), end()]);
const guards = new Guards('embedded');
const one = (id: string) => ({ 'items.id': id });

async function begun(): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: { M } });
  await guard.api.engine.start('M', {}, ADMIN_USER);
  return { guard, id: (await waitingTask(guard, 't')).id };
}
const seen = async ({ api }: Guard, id: string): Promise<unknown> => api.data.findItem(one(id), ADMIN_USER);

test('fields of the application are added to those that a task has', async () => {
  const { guard, id } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  await engine.assign(one(id), {}, { desk: 'a', floor: 1 });
  const view = await engine.assign(one(id), {}, { floor: 2, note: 'b' });
  expect(view.item).toMatchObject({ desk: 'a', floor: 2, note: 'b', state: 'unclaimed' });
  await guard.api.tasks.take(id, ann);
  expect(await seen(guard, id)).toMatchObject({ desk: 'a', floor: 2, note: 'b', assignee: 'ann' });
});

test('a task that is lent stays that of its owner until it is given to somebody else', async () => {
  const { guard, id } = await begun();
  await guard.api.tasks.take(id, ann);
  expect(await guard.api.tasks.delegate(id, 'bob', ann)).toMatchObject({ assignee: 'bob', owner: 'ann' });
  await guard.api.engine.assign(one(id), {}, { assignee: 'bob', priority: 1 }, bob);
  expect(await seen(guard, id)).toMatchObject({
    assignee: 'bob',
    owner: 'ann',
    state: 'delegated',
    priority: 1,
  });
  await guard.api.engine.assign(one(id), {}, { priority: 2 }, ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ owner: 'ann', assignee: 'bob', priority: 2 });
  await guard.api.tasks.assign(id, 'cleo', ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ assignee: 'cleo', state: 'assigned' });
  expect(await seen(guard, id)).not.toHaveProperty('owner');
});

test('an administrator lends a task that nobody has in their own name, and completes one that is lent', async () => {
  const { guard, id } = await begun();
  await guard.api.tasks.assign(id, 'ann', ADMIN_USER);
  await guard.api.tasks.delegate(id, 'bob', ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ owner: 'ann', assignee: 'bob' });
  expect(await refusal(guard.api.tasks.complete(id, {}, bob))).toMatchObject({ code: 'wrong-state' });
  await guard.api.tasks.complete(id, {}, ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ completedBy: 'admin', state: 'done' });
  expect(await seen(guard, id)).not.toHaveProperty('owner');
});

test('events of commands on a task name its assignee', async () => {
  const { guard, id } = await begun();
  const told: GuardEvent[] = [];
  for (const name of ['assigned', 'completed'] as const) guard.on(name, (event) => void told.push(event));
  await guard.api.tasks.take(id, ann);
  await guard.api.tasks.release(id, ann);
  await guard.api.tasks.assign(id, 'bob', ADMIN_USER);
  await guard.api.tasks.complete(id, {}, bob);
  await guard.close();
  expect(
    told.map(({ event, operation, userName, assignee }) => [event, operation, userName, assignee]),
  ).toEqual([
    ['assigned', 'task:take', 'ann', 'ann'],
    ['assigned', 'task:take', 'ann', undefined],
    ['assigned', 'task:assign', 'admin', 'bob'],
    ['completed', 'task:execute', 'bob', undefined],
  ]);
});

test('the duties that an administrator overrides are in the audit trail', async () => {
  const { guard, id } = await begun();
  await guard
    .as(ADMIN_USER)
    .policies.duties.save('apart', { duty: 'not-initiator', model: 'M', tasks: ['t'] });
  const overrides = async (): Promise<unknown> =>
    (await guard.store.audit.find({ userName: 'admin', limit: 1 }))[0]?.overrides;
  await guard.api.tasks.assign(id, 'ann', ADMIN_USER);
  expect(await overrides()).toBeUndefined();
  await guard.api.engine.assign(one(id), {}, { priority: 1 }, ADMIN_USER);
  expect(await overrides()).toBeUndefined();
  await guard.api.engine.assign(one(id), { x: 1 }, { assignee: 'admin' }, ADMIN_USER);
  const [named] = (await overrides()) as string[];
  expect(named).toContain('apart');
  await guard.api.engine.assign(one(id), { x: 2 }, {}, ADMIN_USER);
  expect(await overrides()).toEqual([named]);
  await guard.api.engine.assign(one(id), {}, { priority: 2 }, ADMIN_USER);
  expect(await overrides()).toBeUndefined();
  await guard.api.tasks.complete(id, {}, ADMIN_USER);
  expect(await overrides()).toEqual([named]);
});

test('rejecting a task, and undoing it, are events', async () => {
  const { guard, id } = await begun();
  const told: GuardEvent[] = [];
  guard.on('rejected', (event) => void told.push(event));
  await guard.api.tasks.reject(id, ann);
  await guard.api.tasks.undoReject(id, ann);
  await guard.close();
  expect(told.map(({ event, operation, userName, itemId }) => [event, operation, userName, itemId])).toEqual([
    ['rejected', 'task:reject', 'ann', id],
    ['rejected', 'task:reject', 'ann', id],
  ]);
});

test('the remaining candidates of a rejected task come from the directory of its tenant', async () => {
  const of = (userName: string, ...userGroups: string[]) =>
    new SecureUser({ userName, userGroups, tenantId: 'acme' });
  const [admin, hal] = [of('admin', 'ADMIN'), of('hal', 'hr')];
  const asked: unknown[] = [];
  const members = async (...question: unknown[]): Promise<string[]> => {
    asked.push(question);
    return ['hal', 'hana'];
  };
  const find = async (name: string) => [admin, hal].find(({ userName }) => userName === name);
  const guard = await guards.make({ directory: { find, members } });
  const source = model([start(), task('t', { candidateGroups: 'hr' }), end()]);
  await guard.api.model.save('M', source, null, admin);
  const { id: instance } = await guard.api.engine.start('M', {}, admin);
  const { id } = await waitingTask(guard, 't', instance, admin);
  await guard.api.tasks.reject(id, hal);
  await guard.api.engine.assign(one(id), {}, { priority: 1 }, admin);
  expect(asked).toEqual([
    ['hr', 'acme'],
    ['hr', 'acme'],
  ]);
});

test('a command that was stored is answered without the model, where nobody can tell whether that may be shown', async () => {
  const open: Policy = {
    name: 'open',
    answer: (_who, operation) =>
      operation === 'model:read' ? { restrictive: [{ id: 'all', says: 'all', when: EVERYTHING }] } : {},
  };
  const { guard, log } = await guards.open({ models: { M }, policies: [open] });
  const { id: instance } = await guard.api.engine.start('M', {}, ann);
  const { id } = await waitingTask(guard, 't', instance);
  await guard.api.tasks.take(id, ann);
  const get = guard.store.models.get.bind(guard.store.models);
  jest
    .spyOn(guard.store.models, 'get')
    .mockImplementationOnce(get)
    .mockRejectedValueOnce(new CouldNotTell('store-unavailable', 'No answer.'));
  const view = await guard.api.tasks.complete(id, {}, ann);
  expect(view).toMatchObject({ id: instance, status: 'end' });
  expect(view).not.toHaveProperty('definition');
  expect(log.map(({ message }) => message)).toContain('could not tell whether a model may be shown');
  expect(await guard.api.engine.get({ id: instance }, ann)).toHaveProperty('definition');
});

test('who borrows a task gives it back, and who lends it recalls it', async () => {
  const { guard, id } = await begun();
  await guard.api.tasks.take(id, ann);
  for (const one of [bob, ann]) {
    await guard.api.tasks.delegate(id, 'bob', ann);
    await guard.api.tasks.resolve(id, one);
    expect(await seen(guard, id)).toMatchObject({ assignee: 'ann', state: 'assigned' });
    expect(await seen(guard, id)).not.toHaveProperty('owner');
  }
});

test('what is wrong with the rest of a call is said before whether there is such a task', async () => {
  const { guard, id } = await begun();
  const { engine, tasks } = guard.api;
  const none = one('none');
  expect(
    await refusals({
      'completed with what is no data': () => engine.invoke(none, any(7), ann),
      'assigned with what is no data': () => engine.assign(none, any(7), {}, ann),
      'assigned with what is no assignment': () => engine.assign(none, {}, any(7), ann),
      'assigned to no name': () => engine.assign(none, {}, { assignee: any(7) }, ann),
      'given to no name': () => tasks.assign('none', any(7), ann),
      'lent to no name': () => tasks.delegate('none', any(7), ann),
      'escalated to no name': () => tasks.escalate('none', any(7), ann),
      'done with what is no data': () => tasks.complete('none', any(7), ann),
    }),
  ).toEqual({
    'completed with what is no data': expect.stringMatching(/^bad-data: /) as string,
    'assigned with what is no data': expect.stringMatching(/^bad-data: /) as string,
    'assigned with what is no assignment': 'bad-assignment: An assignment must be a plain object.',
    'assigned to no name': 'bad-assignment: assignee must be a name: a text that is neither empty nor *.',
    'given to no name': 'bad-assignment: A task must be assigned to a user name.',
    'lent to no name': 'bad-assignment: A task must be delegated to a user name.',
    'escalated to no name': 'bad-assignment: A task is escalated to { user } or to { group }.',
    'done with what is no data': expect.stringMatching(/^bad-data: /) as string,
  });
  const before = await seen(guard, id);
  await engine.assign(one(id), {}, undefined as never, ADMIN_USER);
  expect(await seen(guard, id)).toEqual({
    ...(before as object),
    instanceVersion: expect.anything() as number,
  });
});

test('a completion answers once the following work is done, or at once if it is told not to wait', async () => {
  const steps = [start(), task('t', { assignee: 'ann' }), service('s', 'work'), task('then'), end()];
  const services = { work: async () => undefined };
  const guard = await guards.make({ models: { Works: model(steps) }, services });
  const { engine } = guard.api;
  const complete = async (options?: { noWait: boolean }) => {
    const { id } = await engine.start('Works', {}, ann);
    const view = await engine.invoke({ id, 'items.elementId': 't' }, {}, ann, options as never);
    return { view, reached: view.items.map(({ elementId }) => elementId) };
  };
  for (const options of [undefined, { noWait: false }])
    expect((await complete(options)).reached).toContain('then');
  const { view, reached } = await complete({ noWait: true });
  expect(reached).not.toContain('then');
  expect((await view.tillDone()).items.map(({ elementId }) => elementId)).toContain('then');
});

test('an element that is no task, and that an administrator continues, is completed by nobody', async () => {
  const source = model([start(), catching('c', message('paid')), task('t'), end()], { messages: ['paid'] });
  const guard = await guards.make({ models: { Hears: source } });
  const { id: instance } = await guard.api.engine.start('Hears', {}, ann);
  const { id } = await waitingTask(guard, 'c', instance);
  await guard.api.engine.invoke(one(id), {}, ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ elementId: 'c', status: 'end' });
  expect(await seen(guard, id)).not.toHaveProperty('completedBy');
});
