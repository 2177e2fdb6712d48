import { createGuard, type Guard } from 'bpmn-guard';
import { ADMIN_USER, person, TestDelegate, waitingTask } from '../support/guards.js';
import { CountedStore } from '../support/counted-store.js';
import { end, model, start, task } from '../support/models.js';

const ann = person('ann');
let counted: CountedStore;
let guard: Guard;

beforeAll(async () => {
  counted = await CountedStore.open();
  guard = await createGuard({
    env: {},
    store: counted.store,
    configuration: { appDelegate: (server: unknown) => new TestDelegate(server, {}) },
  });
  const source = model([start(), task('t', { assignee: 'ann' }), task('u', { assignee: 'ann' }), end()]);
  await guard.api.model.save('M', source, null, ADMIN_USER);
});
afterAll(() => guard.close());

/** Each answer takes a while: calls that wait for each other wait as often as this says. */
test('a start asks for its model beside the policies in force, stores the instance, and records it', async () => {
  const { calls, waits } = await counted.of(() => guard.api.engine.start('M', { a: 1 }, ann));
  expect(calls).toEqual(['models.get', 'policies.head', 'instances.insert', 'audit.append']);
  expect(waits).toBe(3);
});

test('a completion waits for five answers: what it needs under the lock is asked for at once', async () => {
  const { id } = await guard.api.engine.start('M', {}, ann);
  const { id: itemId } = await waitingTask(guard, 't', id);
  const { calls, waits } = await counted.of(() => guard.api.tasks.complete(itemId, {}, ann));
  expect(calls).toEqual([
    'instances.findItems',
    'policies.head',
    'locks.acquire',
    'instances.load',
    'policies.head',
    'models.get',
    'instances.update',
    'audit.append',
    'locks.release',
  ]);
  expect(waits).toBe(5);
});

test('a list waits for two answers at most: the policies in force are asked for beside its query', async () => {
  const { data } = guard.api;
  expect((await counted.of(() => data.findInstances({}, ann))).waits).toBe(1);
  expect((await counted.of(() => data.getPendingUserTasks({}, ann))).waits).toBeLessThanOrEqual(2);
  expect(
    (await counted.of(() => data.find({ filter: { 'items.status': 'wait' } }, ann))).waits,
  ).toBeLessThanOrEqual(2);
});
