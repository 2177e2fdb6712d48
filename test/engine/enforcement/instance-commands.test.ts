import { openStore, SecureUser, type Guard } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { switchedOff, switches } from '../../support/switched-off.js';

const [ann, zed] = [person('ann'), person('zed')];
const [FIRST, SECOND] = [{ candidateUsers: 'ann' }, { candidateUsers: 'ann,bob' }].map((people) =>
  model([start(), task('t', people), end(), { ...start({}, '', 'late'), flow: false }]),
) as [string, string];
const guards = new Guards('embedded');

async function begun(): Promise<{ guard: Guard; id: string }> {
  switches.off = undefined;
  const guard = await guards.make({ models: { M: FIRST }, policies: [switchedOff] });
  return { guard, id: (await guard.api.engine.start('M', { n: 1 }, ann)).id };
}
const stored = async ({ store }: Guard, id: string): Promise<StoredInstance> =>
  (await store.instances.load(id)) as StoredInstance;
const last = async ({ store }: Guard): Promise<unknown> =>
  (await store.audit.find({ userName: 'admin', limit: 1 }))[0];

test('an event begins in the instance that an id or a query names, with the data that it brings', async () => {
  const { guard, id } = await begun();
  await guard.api.engine.start('M', {}, ann);
  for (const [at, where] of [id, { id }].entries()) {
    const view = await guard.api.engine.startEvent(where as string, 'late', { at }, ADMIN_USER);
    expect(view).toMatchObject({ id, data: { n: 1, at } });
    expect(await last(guard)).toMatchObject({
      operation: 'instance:event',
      answer: 'allowed',
      resource: { kind: 'instance', id, instanceId: id, name: 'late' },
    });
  }
  const { items = [] } = await stored(guard, id);
  expect(items.map(({ elementId }) => elementId)).toContain('late');
  for (const where of [id, { id }])
    expect(await refusal(guard.api.engine.startEvent(where as string, 'late', {}, zed))).toMatchObject({
      code: 'not-found',
    });
});

test('an event begins by the model that the instance runs, and by the stored one if the instance keeps none', async () => {
  const { guard, id } = await begun();
  const { engine, model: models } = guard.as(ADMIN_USER);
  const without = model([start(), task('t', { candidateUsers: 'ann' }), end()]);
  await models.save('M', without, null);
  expect(await engine.startEvent(id, 'late', {})).toMatchObject({ id });
  await models.save('M', FIRST, null);
  const other = (await guard.api.engine.start('M', {}, ann)).id;
  const { guard: record } = await stored(guard, other);
  const rev = record?.rev as number;
  await guard.store.instances.update(other, rev, { source: null, guard: { ...record, rev: rev + 1 } });
  await models.save('M', without, null);
  expect(await refusal(engine.startEvent(other, 'late', {}))).toMatchObject({ code: 'bad-request' });
  await models.save('M', FIRST, null);
  expect(await engine.startEvent(other, 'late', {})).toMatchObject({ id: other });
});

test('who may migrate nothing is refused an upgrade, whether or not there is such a model', async () => {
  const { guard } = await begun();
  switches.off = 'instance:migrate';
  for (const name of ['M', 'None'])
    expect(await refusal(guard.api.engine.upgrade(name, [], ADMIN_USER))).toMatchObject({
      code: 'forbidden',
      message: 'You may not upgrade instances.',
    });
});

test('an upgrade gives each instance the model as it is now, and keeps what is known of the instance', async () => {
  const { guard, id } = await begun();
  const { engine, model: models, tasks } = guard.as(ADMIN_USER);
  const before = await stored(guard, id);
  await models.save('M', SECOND, '<svg/>');
  expect(await engine.upgrade('M', [])).toEqual([id]);
  const then = await stored(guard, id);
  expect(then).toMatchObject({ source: SECOND, svg: '<svg/>' });
  expect(then.guard).toEqual({ ...before.guard, rev: (before.guard?.rev as number) + 1, initiators: [] });
  expect(await last(guard)).toMatchObject({
    operation: 'instance:migrate',
    answer: 'allowed',
    resource: { kind: 'instance', id, instanceId: id, name: 'M' },
  });
  await models.save('M', FIRST, null);
  expect(await engine.upgrade('M', ['late', 'none'])).toEqual([id]);
  expect(await stored(guard, id)).toMatchObject({ source: FIRST, svg: null });
  expect(await engine.upgrade('M', ['late', 't'])).toEqual([]);
  await tasks.complete((await waitingTask(guard, 't', id)).id);
  expect(await engine.upgrade('M', [])).toEqual([]);
});

test('an upgrade leaves out instances that could not continue with the model, and records that', async () => {
  const { guard, id } = await begun();
  const { engine, model: models } = guard.as(ADMIN_USER);
  const begin = async (): Promise<string> => (await engine.start('M', {})).id;
  const [added, busy, over] = [await begin(), await begin(), await begin()];
  await engine.addTask(added, { name: 'more', assignee: 'ann' });
  const { guard: kept } = await stored(guard, busy);
  await guard.store.instances.update(busy, kept?.rev, { guard: { ...kept, busy: true } } as never);
  await models.save('M', SECOND, null);
  const { locks } = guard.store;
  const acquire = locks.acquire.bind(locks);
  jest.spyOn(locks, 'acquire').mockImplementationOnce(async (...args) => {
    await guard.store.instances.update(over, (await stored(guard, over)).guard?.rev, { status: 'end' });
    return acquire(...args);
  });
  expect(await engine.upgrade('M', [])).toEqual([id]);
  const refused = await guard.store.audit.find({ userName: 'admin', answer: 'refused', limit: 9 });
  expect(refused.map(({ operation, reason, resource }) => ({ operation, reason, ...resource }))).toEqual(
    expect.arrayContaining(
      [added, busy, over].map((one) => ({
        operation: 'instance:migrate',
        reason: 'wrong-state',
        kind: 'instance',
        id: one,
        instanceId: one,
      })),
    ),
  );
  expect(refused).toHaveLength(3);
  await models.save('M', model([start(), task('other', { assignee: 'ann' }), end()]), null);
  expect(await engine.upgrade('M', [])).toEqual([]);
  for (const one of [id, added])
    await guard.api.tasks.complete((await waitingTask(guard, 't', one)).id, {}, ADMIN_USER);
  expect(await stored(guard, id)).toMatchObject({ status: 'end', source: SECOND });
  const [more] = await guard.api.data.getPendingUserTasks({ id: added }, ann);
  expect(more).toMatchObject({ name: 'more', assignee: 'ann' });
});

test('an instance that is removed meanwhile does not keep the others from an upgrade', async () => {
  const { guard, id } = await begun();
  const { id: removed } = await guard.api.engine.start('M', {}, ann);
  await guard.api.model.save('M', SECOND, null, ADMIN_USER);
  const { locks, instances } = guard.store;
  const acquire = locks.acquire.bind(locks);
  jest.spyOn(locks, 'acquire').mockImplementation(async (...args) => {
    if (args[0] === removed) await instances.remove([removed], {});
    return acquire(...args);
  });
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual([id]);
  expect(await stored(guard, id)).toMatchObject({ source: SECOND });
});

test('an upgrade gives nothing to instances of a model of that name in another tenant', async () => {
  const root = person('root', 'SYSTEM');
  const acme = new SecureUser({ userName: 'adm', userGroups: ['ADMIN'], tenantId: 'acme' });
  const { guard, id } = await begun();
  await guard.api.model.save('M', FIRST, null, acme);
  const { id: theirs } = await guard.api.engine.start('M', {}, acme);
  await guard.api.model.save('M', SECOND, null, root);
  expect(await guard.api.engine.upgrade('M', [], root)).toEqual([id]);
  expect(await stored(guard, theirs)).toMatchObject({ source: FIRST, guard: { modelsOwner: 'acme' } });
  await guard.api.model.save('M', SECOND, '<svg/>', acme);
  expect(await guard.api.engine.upgrade('M', [], acme)).toEqual([theirs]);
  expect(await stored(guard, theirs)).toMatchObject({ source: SECOND, svg: '<svg/>' });
  expect(await stored(guard, id)).toMatchObject({ source: SECOND, svg: null });
});

test('an upgraded instance keeps its initiator, and that of the new source is protected too', async () => {
  const by = (initiator: string) => model([start({ initiator }), task('t', { assignee: 'ann' }), end()]);
  const guard = await guards.make({ models: { M: by('who') } });
  const { id } = await guard.api.engine.start('M', {}, ann);
  await guard.api.model.save('M', by('boss'), null, ADMIN_USER);
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual([id]);
  const { id: item } = await waitingTask(guard, 't', id);
  for (const name of ['who', 'boss'])
    expect(await refusal(guard.api.tasks.complete(item, { [name]: 'eve' }, ann))).toMatchObject({
      code: 'protected-variable',
    });
});

test('an instance that was stored without the guard is upgraded, and stays without', async () => {
  const { guard: maker, id } = await begun();
  const { guard: _ours, _id, ...bare } = await stored(maker, id);
  const store = await openStore({ memory: true });
  await store.instances.insert(bare as never);
  const guard = await guards.make({ store, models: { M: SECOND } });
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual([id]);
  expect(await stored(guard, id)).toMatchObject({ source: SECOND });
  expect(await stored(guard, id)).not.toHaveProperty('guard');
});

test('an instance that has become that of others, when it is looked at, is not found', async () => {
  const { guard, id } = await begun();
  const { instances } = guard.store;
  const load = instances.load.bind(instances);
  expect(await guard.api.engine.get({ id }, ann)).toMatchObject({ id });
  jest.spyOn(instances, 'load').mockImplementation(async (...args) => {
    const found = await load(...args);
    return found && { ...found, tenantId: 'others' };
  });
  expect(await refusal(guard.api.engine.get({ id }, ann))).toMatchObject({ code: 'not-found' });
});
