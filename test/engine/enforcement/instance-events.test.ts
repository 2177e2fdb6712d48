import type { Guard, Policy } from 'bpmn-guard';
import { compare } from '../../../src/core/condition/condition.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { told } from '../../support/told.js';

const ann = person('ann');
const MINE = { assignee: 'ann' };
const LATE = { ...start({}, '', 'late'), flow: false as const };
const MODELS = {
  M: model([start({ initiator: 'who' }), task('t', MINE), end(), LATE]),
};
const guards = new Guards('embedded');

async function begun(name: keyof typeof MODELS, policies: readonly Policy[] = [], data: object = {}) {
  const guard = await guards.make({ models: MODELS, policies });
  const { id } = await guard.api.engine.start(name, data as never, ann);
  return { guard, id };
}
const stored = async ({ store }: Guard, id: string): Promise<StoredInstance> =>
  (await store.instances.load(id)) as StoredInstance;

test('the event at which an instance began is that of its first item, in whatever order they are stored', async () => {
  const { guard, id } = await begun('M');
  const { items = [], guard: kept } = await stored(guard, id);
  const next = { ...kept, rev: (kept?.rev ?? 0) + 1 };
  await guard.store.instances.update(id, kept?.rev, { items: [...items].reverse(), guard: next } as never);
  const { engine } = guard.as(ADMIN_USER);
  expect(await told({ start: () => engine.startEvent(id, 'start') })).toEqual({
    start: 'wrong-state: The instance began at this event, and cannot begin at it again.',
  });
  expect((await engine.startEvent(id, 'late')).items.map(({ elementId }) => elementId)).toContain('late');
});

test('whether an event may begin is decided with the data that it brings', async () => {
  const few: Policy = {
    name: 'few',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'instance:event'
        ? { restrictive: [{ id: 'n', says: 'n below 10', when: compare('lt', 'instance.data.n', 10) }] }
        : {},
  };
  const { guard, id } = await begun('M', [few], { n: 1 });
  const { engine } = guard.as(ADMIN_USER);
  expect(await refusal(engine.startEvent(id, 'late', { n: 20 }))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('n below 10') as string,
  });
  expect((await stored(guard, id)).data).toEqual({ n: 1, who: 'ann' });
  expect(await engine.startEvent(id, 'late', { m: 20 })).toMatchObject({ data: { n: 1, m: 20 } });
});

test('neither an event nor a restart replaces the initiator', async () => {
  const guard = await guards.make({ models: MODELS, keep: { savePoints: true } });
  const { id } = await guard.api.engine.start('M', {}, ann);
  const { id: item } = await waitingTask(guard, 't', id);
  const { engine } = guard.as(ADMIN_USER);
  const eve = { who: 'eve' };
  expect(await refusal(engine.startEvent(id, 'late', eve))).toMatchObject({ code: 'protected-variable' });
  await guard.api.tasks.complete(item, {}, ann);
  const restart = (data: object) => engine.restart({ 'items.id': item }, data as never);
  expect(await refusal(restart(eve))).toMatchObject({ code: 'protected-variable' });
  expect((await stored(guard, id)).data).toEqual({ who: 'ann' });
  expect(await restart({ x: 1 })).toMatchObject({ id, status: 'running' });
  const again = await waitingTask(guard, 't', id);
  expect(again).toMatchObject({ id: item, state: 'assigned' });
  expect(again).not.toHaveProperty('completedBy');
  const [entry] = await guard.store.audit.find({ userName: 'admin', limit: 1 });
  expect(entry).toMatchObject({
    operation: 'instance:restart',
    answer: 'allowed',
    resource: { kind: 'instance', id, instanceId: id },
  });
});

test('if a model is saved while its instances are upgraded, the remaining ones get the new version', async () => {
  const { guard, id } = await begun('M');
  const { id: other } = await guard.api.engine.start('M', {}, ann);
  const by = (initiator: string) =>
    model([start({ initiator }), task('t', MINE), task('more', MINE), end(), LATE]);
  await guard.api.model.save('M', by('first'), null, ADMIN_USER);
  const { locks } = guard.store;
  const acquire = locks.acquire.bind(locks);
  const order: string[] = [];
  jest.spyOn(locks, 'acquire').mockImplementation(async (...args) => {
    order.push(args[0]);
    if (order.length === 2) await guard.api.model.save('M', by('second'), null, ADMIN_USER);
    return acquire(...args);
  });
  expect((await guard.api.engine.upgrade('M', [], ADMIN_USER)).sort()).toEqual([id, other].sort());
  const [before = '', after = ''] = order;
  expect(await stored(guard, before)).toMatchObject({
    source: by('first'),
    guard: { initiators: ['who', 'first'] },
  });
  expect(await stored(guard, after)).toMatchObject({
    source: by('second'),
    guard: { initiators: ['who', 'second'] },
  });
});

test('an instance that was migrated, or has passed one of the elements, meanwhile is left out of an upgrade', async () => {
  const { guard, id } = await begun('M');
  const { id: other } = await guard.api.engine.start('M', {}, ann);
  await guard.api.model.save('N', MODELS.M, null, ADMIN_USER);
  const { instances, locks } = guard.store;
  const acquire = locks.acquire.bind(locks);
  const change = async (of: string, fields: object): Promise<void> => {
    const { guard: kept } = await stored(guard, of);
    const next = { ...kept, rev: (kept?.rev ?? 0) + 1 };
    await instances.update(of, kept?.rev, { ...fields, guard: next } as never);
  };
  jest.spyOn(locks, 'acquire').mockImplementation(async (...args) => {
    const { items = [] } = await stored(guard, args[0]);
    const passed = { ...items[0], id: 'passed', elementId: 'late' };
    await change(args[0], args[0] === id ? { name: 'N' } : { items: [...items, passed] });
    return acquire(...args);
  });
  expect(await guard.api.engine.upgrade('M', ['late'], ADMIN_USER)).toEqual([]);
  const refused = await guard.store.audit.find({ userName: 'admin', answer: 'refused', limit: 9 });
  expect(refused.map(({ reason, resource }) => `${resource.id} ${reason}`).sort()).toEqual(
    [id, other].map((one) => `${one} wrong-state`).sort(),
  );
});
