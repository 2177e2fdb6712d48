import { openStore, SecureUser, type Guard, type GuardEvent } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { told } from '../../support/told.js';

const [ann, own] = [person('ann'), person('own')];
const MINE = { assignee: 'ann' };
const MODELS = {
  One: model([start({ initiator: 'who' }), task('t', MINE), end()]),
  Two: model([start({ initiator: 'boss' }), task('t', MINE), task('more', MINE), end()]),
  Claim: CLAIM,
};
const LIFE = ['suspended', 'resumed', 'migrated', 'terminated'] as const;
const guards = new Guards('embedded');

async function begun(): Promise<{ guard: Guard; id: string; events: GuardEvent[] }> {
  const guard = await guards.make({ models: MODELS });
  const events: GuardEvent[] = [];
  for (const name of LIFE) guard.on(name, (event) => void events.push(event));
  return { guard, id: (await guard.api.engine.start('One', {}, ann)).id, events };
}
const stored = async ({ store }: Guard, id: string): Promise<StoredInstance> =>
  (await store.instances.load(id)) as StoredInstance;
/** The entries of commands that were carried out, the newest last. */
const entries = async ({ store }: Guard, userName: string, limit: number): Promise<unknown[]> =>
  (await store.audit.find({ userName, answer: 'allowed', limit }))
    .map(({ operation, resource }) => ({ operation, ...resource }))
    .reverse();

test('commands on an instance are events for the application, and are in the audit trail', async () => {
  const { guard, id, events } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  await engine.suspend(id);
  await engine.resume(id);
  await engine.migrate(id, 'Two');
  await engine.terminate(id);
  const instance = { kind: 'instance', id, instanceId: id };
  expect(await entries(guard, 'admin', 4)).toEqual([
    { operation: 'instance:suspend', ...instance },
    { operation: 'instance:suspend', ...instance },
    { operation: 'instance:migrate', ...instance, name: 'Two' },
    { operation: 'instance:cancel', ...instance },
  ]);
  await guard.close();
  const event = { userName: 'admin', instanceId: id };
  expect(events.map((one) => ({ ...one }))).toEqual([
    { ...event, event: 'suspended', operation: 'instance:suspend', modelName: 'One' },
    { ...event, event: 'resumed', operation: 'instance:suspend', modelName: 'One' },
    { ...event, event: 'migrated', operation: 'instance:migrate', modelName: 'One' },
    { ...event, event: 'terminated', operation: 'instance:cancel', modelName: 'Two' },
  ]);
});

test('suspending and resuming a task are events with the task', async () => {
  const { guard, id, events } = await begun();
  const { id: itemId } = await waitingTask(guard, 't', id);
  await guard.api.tasks.suspend(itemId, ADMIN_USER);
  await guard.api.tasks.resume(itemId, ADMIN_USER);
  const of = { kind: 'task', id: itemId, instanceId: id, name: 't' };
  expect(await entries(guard, 'admin', 2)).toEqual([
    { operation: 'task:suspend', ...of },
    { operation: 'task:suspend', ...of },
  ]);
  await guard.close();
  const event = { userName: 'admin', operation: 'task:suspend', instanceId: id, itemId, elementId: 't' };
  expect(events.map((one) => ({ ...one }))).toEqual([
    { ...event, event: 'suspended', modelName: 'One' },
    { ...event, event: 'resumed', modelName: 'One' },
  ]);
});

test('a task that its instance suspends is resumed with the instance alone', async () => {
  const { guard, id } = await begun();
  const { engine, tasks } = guard.as(ADMIN_USER);
  const { id: item } = await waitingTask(guard, 't', id);
  await tasks.suspend(item);
  await engine.suspend(id);
  await engine.resume(id);
  expect(await waitingTask(guard, 't', id)).toMatchObject({ state: 'suspended' });
  expect(await tasks.resume(item)).toMatchObject({ state: 'assigned' });
  await engine.suspend(id);
  expect(await told({ 'with its instance': () => tasks.resume(item) })).toEqual({
    'with its instance': 'wrong-state: The instance of the task is suspended; resume the instance.',
  });
});

test('an instance that works in the background is neither suspended nor migrated, and can be ended', async () => {
  const { guard, id } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  const { guard: kept } = await stored(guard, id);
  await guard.store.instances.update(id, kept?.rev, { guard: { ...kept, busy: true } } as never);
  const works = 'wrong-state: Work of the instance continues in the background; it can be stopped.';
  expect(
    await told({ suspended: () => engine.suspend(id), migrated: () => engine.migrate(id, 'Two') }),
  ).toEqual({ suspended: works, migrated: works });
  expect(await engine.terminate(id)).toEqual([id]);
});

test('an instance that is migrated keeps its initiator, and that of the other model is protected too', async () => {
  const { guard, id } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  expect((await stored(guard, id)).guard?.initiators).toEqual(['who']);
  await engine.migrate(id, 'Two');
  const then = await stored(guard, id);
  expect(then.guard?.initiators).toEqual(['who', 'boss']);
  expect(then).toMatchObject({ name: 'Two', source: MODELS.Two, svg: null });
  const { id: item } = await waitingTask(guard, 't', id);
  for (const name of ['who', 'boss'])
    expect(await refusal(guard.api.tasks.complete(item, { [name]: 'eve' }, ann))).toMatchObject({
      code: 'protected-variable',
    });
  await guard.api.model.save('One', MODELS.One, '<svg/>', ADMIN_USER);
  await engine.migrate({ id }, 'One');
  expect(await stored(guard, id)).toMatchObject({ name: 'One', svg: '<svg/>' });
  expect((await stored(guard, id)).guard?.initiators).toEqual(['who', 'boss']);
});

test('an instance is migrated to a model of its own tenant', async () => {
  const of = (tenantId: string) => new SecureUser({ userName: 'adm', userGroups: ['ADMIN'], tenantId });
  const [acme, globex] = [of('acme'), of('globex')];
  const guard = await guards.make({ models: { Two: MODELS.Two } });
  await guard.api.model.save('One', MODELS.One, null, acme);
  await guard.api.model.save('Two', MODELS.One, '<svg/>', acme);
  const { id } = await guard.api.engine.start('One', {}, acme);
  expect(await refusal(guard.api.engine.migrate(id, 'Two', globex))).toMatchObject({ code: 'not-found' });
  await guard.api.engine.migrate(id, 'Two', acme);
  expect(await stored(guard, id)).toMatchObject({ name: 'Two', source: MODELS.One, svg: '<svg/>' });
});

test('an instance that was stored before the guard is migrated to a model of its tenant, by SYSTEM too', async () => {
  const acme = new SecureUser({ userName: 'adm', userGroups: ['ADMIN'], tenantId: 'acme' });
  const maker = await guards.make();
  await maker.api.model.save('One', MODELS.One, null, acme);
  const { id } = await maker.api.engine.start('One', {}, acme);
  const { guard: _ours, _id, ...bare } = await stored(maker, id);
  const store = await openStore({ memory: true });
  await store.instances.insert(bare as never);
  const guard = await guards.make({ store, models: { Two: MODELS.One } });
  await guard.api.model.save('Two', MODELS.Two, null, acme);
  await guard.api.engine.migrate(id, 'Two', person('root', 'SYSTEM'));
  expect(await stored(guard, id)).toMatchObject({ name: 'Two', source: MODELS.Two, tenantId: 'acme' });
});

test('each instance that is removed is in the audit trail; who may remove a case is not refused where none matches', async () => {
  const { guard, id } = await begun();
  const { id: other } = await guard.api.engine.start('One', {}, ann);
  expect(await guard.api.data.deleteInstances({ name: 'One' }, ADMIN_USER)).toEqual({ deletedCount: 2 });
  expect(await entries(guard, 'admin', 2)).toEqual(
    expect.arrayContaining(
      [id, other].map((one) => ({
        operation: 'instance:delete',
        kind: 'instance',
        id: one,
        instanceId: one,
      })),
    ),
  );
  const { id: claim } = await guard.api.engine.start('Claim', {}, own);
  const { data } = guard.as(own);
  expect(await data.deleteInstances({ name: 'None' })).toEqual({ deletedCount: 0 });
  expect(await data.deleteInstances({})).toEqual({ deletedCount: 1 });
  expect(await stored(guard, claim)).toBeUndefined();
  expect(await refusal(data.deleteInstances({ name: 'None' }))).toMatchObject({ code: 'forbidden' });
});
