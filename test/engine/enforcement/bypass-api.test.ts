import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { catching, end, message, model, signal, start, task } from '../../support/models.js';

type Loose = any;
const ann = person('ann');
const LATE = { ...start({}, '', 'late'), flow: false as const };
const MODELS = {
  M: model([start(), task('t', { assignee: 'ann' }), task('u', { assignee: 'ann' }), end(), LATE]),
  Hears: model([start(), catching('c', message('paid')), task('after'), end()], { messages: ['paid'] }),
  Sees: model([start(), catching('s', signal('all')), task('after'), end()], { signals: ['all'] }),
};
const guards = new Guards('embedded');

async function begun(
  ...names: (keyof typeof MODELS)[]
): Promise<{ api: Loose; guard: Loose; ids: string[] }> {
  const guard = await guards.make({
    models: MODELS,
    env: { ENFORCE_SECURITY: 'false' },
    keep: { savePoints: true },
  });
  const ids: string[] = [];
  for (const name of names) ids.push((await (guard.api as Loose).engine.start(name, {}, ann)).id);
  return { api: guard.api, guard, ids };
}
const elements = ({ instance }: Loose): string[] => instance.items.map(({ elementId }: Loose) => elementId);

test.each([[undefined], [null]])('members that get no data, by %j, go on with none', async (nothing) => {
  const { api, ids } = await begun('Hears', 'Sees');
  const started = await api.engine.start('M', nothing, ann, nothing);
  expect(started.instance.data).toEqual({});
  const { id } = started;
  const at = (elementId: string) => ({ id, 'items.elementId': elementId, 'items.status': 'wait' });
  const assigned = await api.engine.assign(at('t'), nothing, nothing, ann);
  expect(assigned.id).toBe(id);
  expect(elements(await api.engine.invoke(at('t'), nothing, ann, nothing))).toContain('u');
  expect(elements(await api.engine.startEvent(id, 'late', nothing, ann))).toContain('late');
  const sent = await api.engine.throwMessage('paid', nothing, nothing, ann);
  expect([sent.id, elements(sent)]).toEqual([ids[0], expect.arrayContaining(['after'])]);
  await api.engine.throwSignal('all', nothing, nothing, ann);
  expect(await api.data.findItems({ id: ids[1], 'items.elementId': 'after' }, ann)).toHaveLength(1);
});

test('members pass on the data, the start event and the fields that they are given', async () => {
  const { api } = await begun();
  const late = await api.engine.start('M', { x: 1 }, ann, { startNodeId: 'late' });
  expect([late.instance.data, elements(late)[0]]).toEqual([{ x: 1 }, 'late']);
  const { id } = await api.engine.start('M', { x: 1 }, ann);
  const at = (elementId: string) => ({ id, 'items.elementId': elementId, 'items.status': 'wait' });
  await api.engine.assign(at('t'), { y: 2 }, { assignee: 'bob', priority: 3 }, ann);
  expect(await api.data.findItem(at('t'), ann)).toMatchObject({ assignee: 'bob', priority: 3 });
  const done = await api.engine.invoke(at('t'), { z: 3 }, ann);
  expect(done.instance.data).toMatchObject({ x: 1, y: 2, z: 3 });
  expect((await api.engine.startEvent({ id }, 'late', { w: 4 }, ann)).instance.data).toMatchObject({ w: 4 });
  await api.engine.invoke(at('u'), {}, ann);
  expect((await api.engine.get({ id }, ann)).instance.status).toBe('end');
  const again = await api.engine.restart({ id, 'items.elementId': 'u' }, { v: 5 }, ann);
  expect(again.instance).toMatchObject({ id, data: { v: 5 } });
});

test('lists are those of bpmn-server, without what the guard keeps', async () => {
  const { api, ids } = await begun('M', 'M');
  const [first] = ids;
  expect(await api.data.getPendingUserTasks(undefined, ann)).toHaveLength(2);
  expect(await api.data.getPendingUserTasks({ id: first }, ann)).toMatchObject([{ elementId: 't' }]);
  expect((await api.data.findItems(undefined, ann)).length).toBeGreaterThan(2);
  expect(await api.data.findItem({ id: first, 'items.elementId': 't' }, ann)).toMatchObject({
    status: 'wait',
  });
  expect(await api.data.findItem({ id: 'none' }, ann)).toBeUndefined();
  const [one, two] = await api.data.findInstances(undefined, ann);
  for (const instance of [one, two]) {
    expect(instance).not.toHaveProperty('guard');
    expect(instance).not.toHaveProperty('source');
    for (const item of instance.items) expect(item).not.toHaveProperty('guard');
  }
  expect((await api.data.findInstances({ id: first }, ann, 'full'))[0]).toMatchObject({ source: MODELS.M });
});

test('what the guard adds is enforced as ever, where nothing refuses', async () => {
  const { api, ids } = await begun('M', 'M');
  const [first, second] = ids;
  expect(await api.engine.suspend(first, ann)).toMatchObject({ suspension: { by: 'ann' } });
  expect((await api.engine.resume(first, ann)).suspension).toBeUndefined();
  expect(await api.engine.migrate(first, 'M', ann)).toMatchObject({ name: 'M' });
  expect(await api.engine.upgrade('M', [], ann)).toHaveLength(2);
  expect(await api.engine.addTask(first, { name: 'more', assignee: 'bob' }, ann)).toMatchObject({
    name: 'more',
  });
  expect(await api.engine.addProcess(first, 'M', {}, ann)).toMatchObject({ name: 'M' });
  expect(await api.engine.terminate(second, ann)).toEqual([second]);
  expect(await api.data.deleteInstances({ id: second }, ADMIN_USER)).toEqual({ deletedCount: 1 });
});
