import type { Guard, GuardEvent } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

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
  expect(await seen(guard, id)).toMatchObject({ owner: 'ann', priority: 2 });
  await guard.api.tasks.assign(id, 'cleo', ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ assignee: 'cleo', state: 'assigned' });
  expect(await seen(guard, id)).not.toHaveProperty('owner');
});

test('an administrator lends a task that nobody has in the own name, and completes one that is lent', async () => {
  const { guard, id } = await begun();
  await guard.api.tasks.assign(id, 'ann', ADMIN_USER);
  await guard.api.tasks.delegate(id, 'bob', ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ owner: 'ann', assignee: 'bob' });
  expect(await refusal(guard.api.tasks.complete(id, {}, bob))).toMatchObject({ code: 'wrong-state' });
  await guard.api.tasks.complete(id, {}, ADMIN_USER);
  expect(await seen(guard, id)).toMatchObject({ completedBy: 'admin', state: 'done' });
  expect(await seen(guard, id)).not.toHaveProperty('owner');
});

test('commands on a task are told with whom it is assigned to', async () => {
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
  await guard.api.engine.assign(one(id), { x: 1 }, { assignee: 'admin' }, ADMIN_USER);
  const [named] = (await overrides()) as string[];
  expect(named).toContain('apart');
  await guard.api.tasks.complete(id, {}, ADMIN_USER);
  expect(await overrides()).toEqual([named]);
});
