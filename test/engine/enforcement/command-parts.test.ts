import { openStore, type Guard, type Policy } from 'bpmn-guard';
import { EVERYTHING } from '../../../src/core/condition/condition.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { call, catching, end, message, model, parallel, service, start, task } from '../../support/models.js';
import { told } from '../../support/told.js';

const [ann, bob] = [person('ann', 'staff'), person('bob', 'staff')];
const STAFF = { candidateGroups: 'staff' };
const MODELS = {
  Plain: model([start(), task('t', STAFF), end()]),
  Payment: model([start(), task('A', STAFF), end()]),
  Order: model([start(), parallel('p', [task('B', STAFF)], [call('pay', 'Payment')]), end()]),
  Fails: model([start(), task('t', STAFF), service('s', 'fails'), end()]),
};
const APART = {
  duty: 'not-who-did',
  model: 'Order',
  task: 'B',
  did: { model: 'Payment', task: 'A' },
} as const;
const guards = new Guards('embedded');
const one = (id: string) => ({ 'items.id': id });
const begun = async (guard: Guard, name: keyof typeof MODELS, element = 't'): Promise<string> =>
  (await waitingTask(guard, element, (await guard.api.engine.start(name, {}, ADMIN_USER)).id)).id;

test('a command on a task in another state names that and the states that it needs', async () => {
  const guard = await guards.make({ models: MODELS });
  const id = await begun(guard, 'Plain');
  await guard.api.tasks.take(id, ann);
  const needs =
    'wrong-state: The task is assigned; this needs one that is open or unclaimed or rejected or closed.';
  expect(
    await told({
      taken: () => guard.api.tasks.take(id, ADMIN_USER),
      resolved: () => guard.api.tasks.resolve(id, ann),
      resumed: () => guard.api.tasks.resume(id, ADMIN_USER),
    }),
  ).toEqual({
    taken: needs,
    resolved: 'wrong-state: The task is assigned; this needs one that is delegated.',
    resumed: 'wrong-state: The task is assigned; this needs one that is suspended.',
  });
});

test('a duty across instances is evaluated under the lock, on the records of the whole case', async () => {
  const guard = await guards.make({ models: MODELS });
  await guard.as(ADMIN_USER).policies.duties.save('apart', APART);
  const b = await begun(guard, 'Order', 'B');
  const { id: a } = await waitingTask(guard, 'A');
  await guard.api.tasks.take(a, ann);
  await guard.api.tasks.complete(a, {}, ann);
  const [order] = (await guard.store.instances.find({ filter: { name: 'Order' } })) as [StoredInstance];
  const { did, ...forgotten } = order.guard as { rev: number; did?: unknown };
  expect(did).toBeDefined();
  // As a crash leaves it before the calling instance was told.
  await guard.store.instances.update(order.id, forgotten.rev, { guard: forgotten });
  expect(await refusal(guard.api.tasks.take(b, ann))).toMatchObject({ code: 'not-found' });
  await guard.api.tasks.take(b, bob);
  const [after] = await guard.store.instances.find({ filter: { name: 'Order' } });
  expect(after?.guard).toMatchObject({ did, startedBy: 'admin' });
});

test('of an instance that was stored without the guard, nobody can tell a duty over instances', async () => {
  const maker = await guards.make({ models: MODELS });
  const b = await begun(maker, 'Order', 'B');
  const store = await openStore({ memory: true });
  for (const { id } of await maker.store.instances.find({ filter: {} })) {
    const { guard: _ours, _id, ...bare } = (await maker.store.instances.load(id)) as StoredInstance;
    await store.instances.insert(bare as never);
  }
  const guard = await guards.make({ store, models: MODELS });
  await guard.as(ADMIN_USER).policies.duties.save('apart', APART);
  expect(await refusal(guard.api.engine.invoke(one(b), {}, ADMIN_USER))).toMatchObject({
    code: 'could-not-tell',
    message: 'The instance was stored without the guard: run `bpmn-guard reindex`.',
  });
  await guard.as(ADMIN_USER).policies.duties.remove('apart');
  await guard.api.engine.invoke(one(b), {}, ADMIN_USER);
});

test('a caller who waits for background work gets its failure', async () => {
  const services = { fails: () => Promise.reject(new Error('no paper')) };
  const guard = await guards.make({ models: MODELS, services });
  const id = await begun(guard, 'Fails');
  await guard.api.tasks.take(id, ann);
  const view = await guard.api.engine.invoke(one(id), {}, ann, { noWait: true });
  expect(view.item).toMatchObject({ id, status: 'end' });
  expect(await refusal(view.tillDone())).toMatchObject({
    code: 'failed',
    message: 'work in the background failed',
  });
});

test('who waits in line and may no longer do it leaves without taking the lock', async () => {
  const guard = await guards.make({ models: MODELS });
  const id = await begun(guard, 'Plain');
  const { locks, instances } = guard.store;
  const acquire = locks.acquire.bind(locks);
  let second: Promise<unknown> = Promise.resolve();
  const acquired = jest.spyOn(locks, 'acquire').mockImplementationOnce(async (...args) => {
    const looked = jest.spyOn(instances, 'findItems');
    second = refusal(guard.api.tasks.take(id, bob));
    await eventually(() => looked.mock.results.length > 0);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    return acquire(...args);
  });
  await guard.api.tasks.take(id, ann);
  expect(await second).toMatchObject({ code: 'wrong-state' });
  expect(acquired).toHaveBeenCalledTimes(1);
});

test('who sends a message to an instance that they do not read gets no definition of it', async () => {
  const dee = person('dee', 'DESIGNER');
  const sends: Policy = {
    name: 'sends',
    answer: ({ userName }, operation) =>
      userName === 'dee' && operation === 'instance:message'
        ? { permissive: [{ id: 'dee', says: 'dee sends', when: EVERYTHING }] }
        : {},
  };
  const Hears = model([start(), catching('c', message('paid')), task('t', STAFF), end()], {
    messages: ['paid'],
  });
  const guard = await guards.make({ models: { Hears }, policies: [sends] });
  for (const [user, shown] of [
    [dee, false],
    [ADMIN_USER, true],
  ] as const) {
    const { id } = await guard.api.engine.start('Hears', {}, ADMIN_USER);
    const view = await guard.api.engine.throwMessage('paid', {}, {}, user);
    expect([view?.id, 'definition' in (view as object)]).toEqual([id, shown]);
    expect(Object.keys(view as object)).not.toContain('definition');
  }
  // Though a designer reads the model.
  expect(await guard.api.model.getSource('Hears', dee)).toBe(Hears);
});
