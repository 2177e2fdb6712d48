import type { Guard, Policy } from 'bpmn-guard';
import { ne } from '../../../src/core/condition/condition.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import {
  catching,
  end,
  message,
  model,
  service,
  signal,
  start,
  subProcess,
  task,
} from '../../support/models.js';

const [ann, own, hal] = [person('ann'), person('own'), person('hal')];
const MINE = { assignee: 'ann' };
const MODELS = {
  One: model([start(), task('t', MINE), end()]),
  Two: model([start(), task('t', MINE), task('more', MINE), end()]),
  Hears: model([start(), catching('c', message('paid')), end()], { messages: ['paid'] }),
  Sees: model([start(), catching('s', signal('all')), end()], { signals: ['all'] }),
  Inner: model([start(), task('t', MINE), subProcess('sub', [start({}, '', 'within'), task('u')]), end()]),
  Claim: CLAIM,
};
const guards = new Guards('embedded');
const told = async (work: Promise<unknown>): Promise<string> => {
  const { code, message: says } = await refusal(work);
  return `${code}: ${says}`;
};
const one = (id: string) => ({ 'items.id': id });

/** Something happens while the next command waits for the lock of its instance. */
function whileWaiting({ store: { locks } }: Guard, happens: () => Promise<unknown>): void {
  const acquire = locks.acquire.bind(locks);
  jest.spyOn(locks, 'acquire').mockImplementationOnce(async (...args) => {
    await happens();
    return acquire(...args);
  });
}

async function begun(name: keyof typeof MODELS, policies: readonly Policy[] = []) {
  const guard = await guards.make({ models: MODELS, policies });
  const { id } = await guard.api.engine.start(name, {}, name === 'Claim' ? own : ann);
  return { guard, id };
}

/** Another process changes the instance while the next command waits for the lock. */
function changedMeanwhile(guard: Guard, id: string, change: (instance: StoredInstance) => object): void {
  const { instances } = guard.store;
  whileWaiting(guard, async () => {
    const instance = (await instances.load(id)) as StoredInstance;
    const rev = instance.guard?.rev ?? 0;
    const { guard: ours, ...fields } = change(instance) as Partial<StoredInstance>;
    await instances.update(id, rev, { ...fields, guard: { ...instance.guard, ...ours, rev: rev + 1 } });
  });
}

test('a task that is gone when its turn comes is not found', async () => {
  const { guard, id } = await begun('One');
  const { id: item } = await waitingTask(guard, 't', id);
  changedMeanwhile(guard, id, () => ({ items: [] }));
  expect(await told(guard.api.tasks.complete(item, {}, ann))).toBe(
    'not-found: No such task, or it is not yours to see.',
  );
});

test('a task of an instance that has ended when its turn comes is not done', async () => {
  const { guard, id } = await begun('One');
  const { id: item } = await waitingTask(guard, 't', id);
  changedMeanwhile(guard, id, () => ({ status: 'terminated' }));
  expect(await told(guard.api.tasks.complete(item, {}, ann))).toBe('wrong-state: The instance has ended.');
});

const ended = ({ items = [] }: StoredInstance) => ({
  items: items.map((item) => ({ ...item, status: 'end' })),
});

test('an element that another message has reached meanwhile gets no second one', async () => {
  const { guard, id } = await begun('Hears');
  changedMeanwhile(guard, id, ended);
  expect(await told(guard.api.engine.throwMessage('paid', {}, {}, ADMIN_USER))).toBe(
    'wrong-state: The element no longer waits for this event.',
  );
});

test('a signal passes over who no longer waits, and writes it down', async () => {
  const { guard, id } = await begun('Sees');
  changedMeanwhile(guard, id, ended);
  expect(await guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER)).toEqual([]);
  const entries = await guard.store.audit.find({ userName: 'admin', limit: 20 });
  expect(entries.map(({ answer, reason, resource }) => [answer, reason, resource])).toContainEqual([
    'refused',
    'wrong-state',
    { kind: 'instance', id, instanceId: id },
  ]);
});

test('who has left a case meanwhile finds it no more', async () => {
  const { guard, id } = await begun('Claim');
  const { cases } = guard.as(own);
  await cases.addToRole(id, 'participant', { users: ['hal'] });
  const nobody = { users: [], groups: [] };
  changedMeanwhile(guard, id, ({ guard: kept }) => ({
    guard: {
      caseRoles: { ...kept?.caseRoles, participant: nobody },
      caseHolders: { users: ['own'], groups: [] },
    },
  }));
  expect(await told(guard.api.cases.setData(id, { x: 1 }, hal))).toBe(
    'not-found: No such instance, or it is not yours to see.',
  );
  await cases.setData(id, { x: 1 });
});

test('what another process has written meanwhile is not overwritten', async () => {
  const { guard, id } = await begun('Claim');
  const { id: plain } = await guard.api.engine.start('One', {}, ann);
  const stored = async () =>
    JSON.stringify([await guard.store.instances.load(id), await guard.store.instances.load(plain)]);
  const before = await stored();
  const lost = (): unknown => jest.spyOn(guard.store.instances, 'update').mockResolvedValueOnce(false);
  lost();
  expect(await told(guard.api.cases.setData(id, { x: 1 }, own))).toBe(
    'conflict: The instance was changed by someone else in the meantime.',
  );
  lost();
  expect(await guard.api.engine.upgrade('One', [], ADMIN_USER)).toEqual([]);
  expect(await stored()).toBe(before);
});

test('of an instance that nothing can be done with, a command says why', async () => {
  const { guard, id } = await begun('Inner');
  const { engine } = guard.as(ADMIN_USER);
  const item = await waitingTask(guard, 't', id);
  const started = await guard.api.data.findItem({ id, 'items.elementId': 'start' }, ADMIN_USER);
  expect(await told(engine.restart(one(item.id)))).toBe(
    'wrong-state: Only an ended instance can be restarted.',
  );
  expect(await told(engine.invoke(one(started?.id as string)))).toBe(
    'wrong-state: The element is not waiting.',
  );
  expect(await told(engine.startEvent(id, 'start'))).toBe(
    'wrong-state: The instance began at this event, and cannot begin at it again.',
  );
  expect(await told(engine.startEvent(id, 'within'))).toBe(
    'wrong-state: The sub-process that contains this event is not active.',
  );
  const { id: over } = await engine.start('One', {});
  const { id: done } = await waitingTask(guard, 't', over);
  await engine.invoke(one(done));
  expect(await told(engine.restart(one(done)))).toBe(
    'wrong-state: The instance has no save point for this item; save points must be kept (option keep).',
  );
});

test('an instance is restarted at an item that one of its save points has', async () => {
  const guard = await guards.make({ models: MODELS, keep: { savePoints: true } });
  const { id } = await guard.api.engine.start('One', {}, ann);
  const { id: item } = await waitingTask(guard, 't', id);
  await guard.api.tasks.complete(item, {}, ann);
  const { savePoints } = (await guard.store.instances.load(id)) as StoredInstance;
  const keep = async (points: unknown): Promise<void> => {
    const { guard: kept } = (await guard.store.instances.load(id)) as StoredInstance;
    const next = { ...kept, rev: (kept?.rev ?? 0) + 1 };
    await guard.store.instances.update(id, kept?.rev, { savePoints: points, guard: next } as never);
  };
  const restart = (of: string) => guard.api.engine.restart(one(of), {}, ADMIN_USER);
  await keep({ empty: {}, other: { items: [{ id: 'other' }] } });
  expect(await told(restart(item))).toMatch(/^wrong-state: The instance has no save point for this item;/);
  await keep(savePoints);
  expect(await restart(item)).toMatchObject({ id, status: 'running' });
  expect(await waitingTask(guard, 't', id)).toMatchObject({ id: item });
});

test('a caller who waits for the end of an instance gets not-found once it is removed', async () => {
  const guard = await guards.make({
    models: { Works: model([start(), service('s', 'work'), end()]) },
    services: { work: async () => undefined },
  });
  const { engine, data } = guard.as(ADMIN_USER);
  const removed = await engine.start('Works', {}, { noWait: true } as never);
  await removed.tillDone();
  await data.deleteInstances({ id: removed.id });
  expect(await told(removed.tillDone())).toBe('not-found: No such instance, or it is not yours to see.');
});

test('an upgrade leaves out what has passed one of the elements, and what has ended', async () => {
  const { guard, id } = await begun('Two');
  const { engine, tasks, model: models } = guard.as(ADMIN_USER);
  const { id: further } = await guard.api.engine.start('Two', {}, ann);
  const { id: ended } = await guard.api.engine.start('Two', {}, ann);
  await tasks.complete((await waitingTask(guard, 't', further)).id);
  await engine.terminate(ended);
  await models.save('Two', MODELS.One, '<svg/>');
  expect(await engine.upgrade('Two', ['more'])).toEqual([id]);
  expect(await guard.store.instances.load(id)).toMatchObject({ source: MODELS.One, svg: '<svg/>' });
  for (const other of [further, ended])
    expect(await guard.store.instances.load(other)).toMatchObject({ source: MODELS.Two });
  expect(await told(engine.upgrade('None', []))).toBe('not-found: No such model, or it is not yours to see.');
});

test('a migration needs the model to be readable, and keeps what policies say by the name of a model', async () => {
  const hides: Policy = {
    name: 'hides',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'model:read'
        ? { restrictive: [{ id: 'not', says: 'not Hears', when: ne('model.name', 'Hears') }] }
        : {},
  };
  const { guard, id } = await begun('One', [hides]);
  const { engine, policies } = guard.as(ADMIN_USER);
  expect(await told(engine.migrate(id, 'Hears'))).toBe(
    'not-found: No such model, or it is not yours to see.',
  );
  expect(await told(engine.migrate(id, 'None'))).toBe('not-found: No such model, or it is not yours to see.');
  const duty = { duty: 'not-initiator', model: 'One', tasks: ['t'] } as const;
  await policies.duties.save('d', { ...duty, strict: true });
  expect(await told(engine.migrate(id, 'Two'))).toBe(
    'forbidden: You may not migrate it to another model: policies name its present model and would no longer apply to it: duty "d".',
  );
  expect(await engine.migrate(id, 'One')).toMatchObject({ name: 'One' });
  // SYSTEM stands above the policies.
  expect(await guard.api.engine.migrate(id, 'Two', person('root', 'SYSTEM'))).toMatchObject({ name: 'Two' });
  await guard.api.engine.migrate(id, 'One', person('root', 'SYSTEM'));
  await policies.duties.save('d', duty);
  expect(await engine.migrate(id, 'Two')).toMatchObject({ name: 'Two' });
});

test('an instance without a source of its own runs by that of the other model', async () => {
  const guard = await guards.make({ models: MODELS, keep: { source: false } });
  const { id } = await guard.api.engine.start('One', {}, ann);
  const { id: item } = await waitingTask(guard, 't', id);
  expect(await guard.api.engine.migrate(id, 'Two', ADMIN_USER)).toMatchObject({ id, name: 'Two' });
  expect(await guard.store.instances.load(id)).not.toHaveProperty('source');
  await guard.api.tasks.complete(item, {}, ann);
  expect(await waitingTask(guard, 'more', id)).toMatchObject({ processName: 'Two' });
});
