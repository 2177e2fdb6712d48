import type { Guard, UserInfo } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { CASES } from '../../support/cases.js';
import { call, end, model, parallel, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const STAFF = { candidateGroups: 'staff' };
const MODELS = {
  Payment: model([start(), task('A', STAFF), end()]),
  Order: model([start(), parallel('p', [task('B', STAFF)], [call('pay', 'Payment')]), end()]),
  Outer: model([start(), parallel('p', [task('C', STAFF)], [call('order', 'Order')]), end()]),
};
const [kim, lee, mia] = [person('kim', 'staff'), person('lee', 'staff'), person('mia', 'staff')];
const APART = {
  duty: 'not-who-did',
  model: 'Order',
  task: 'B',
  did: { model: 'Payment', task: 'A' },
} as const;

const seenBy = async (guard: Guard, user: UserInfo): Promise<unknown[]> =>
  (await guard.api.data.getPendingUserTasks({}, user)).map(({ elementId }) => elementId).sort();
const idOf = async (guard: Guard, element: string): Promise<string> =>
  (await waitingTask(guard, element)).id as string;
async function does(guard: Guard, user: UserInfo, element: string): Promise<void> {
  const id = await idOf(guard, element);
  await guard.api.tasks.take(id, user);
  await guard.api.tasks.complete(id, {}, user);
}
/** The stored instance of a model, as it is. */
async function storedOf(guard: Guard, name: string): Promise<StoredInstance> {
  const [found] = await guard.store.instances.find({ filter: { name } });
  return found as StoredInstance;
}
/** Changes what is kept about the instance of a model, as a crash or an earlier version may have left it. */
async function leave(
  guard: Guard,
  name: string,
  change: (kept: Record<string, unknown>) => void,
): Promise<void> {
  const { id, guard: kept } = await storedOf(guard, name);
  const changed = structuredClone(kept) as unknown as Record<string, unknown>;
  change(changed);
  await guard.store.instances.update(id, kept?.rev, { guard: changed });
}

onStores('duties of a case with several instances', (kind) => {
  const guards = new Guards(kind);
  const open = async (duties: object, place = guards.place()): Promise<Guard> => {
    const guard = await guards.make({ place, models: MODELS });
    for (const [name, duty] of Object.entries(duties))
      await guard.as(ADMIN_USER).policies.duties.save(name, duty as never);
    return guard;
  };

  test('a user who did a task of the called process neither sees nor takes one of the calling process, and vice versa', async () => {
    const guard = await open({ apart: APART });
    await guard.api.engine.start('Order', {}, mia);
    expect(await seenBy(guard, kim)).toEqual(['A', 'B']);
    const a = await idOf(guard, 'A');
    await guard.api.tasks.take(a, kim);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([['A'], ['A', 'B']]);
    await guard.api.tasks.release(a, kim);
    await guard.api.tasks.take(await idOf(guard, 'B'), kim);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([['B'], ['A', 'B']]);
    expect(await refusal(guard.api.tasks.assign(a, 'kim', lee))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.release(await idOf(guard, 'B'), kim);
    await does(guard, kim, 'A');
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([[], ['B']]);
    expect(await refusal(guard.api.tasks.take(await idOf(guard, 'B'), kim))).toMatchObject({
      code: 'not-found',
    });
  });

  test('it reaches over several calls', async () => {
    const guard = await open({ far: { ...APART, model: 'Outer', task: 'C' } });
    await guard.api.engine.start('Outer', {}, mia);
    await does(guard, kim, 'A');
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([['B'], ['B', 'C']]);
  });

  test('two tasks of two instances that one person takes at once: one is taken', async () => {
    const guard = await open({ apart: APART });
    for (let round = 0; round < 2 * CASES; round++) {
      const { id } = await guard.api.engine.start('Order', {}, mia);
      const b = (await waitingTask(guard, 'B', id)).id as string;
      const pay = (await guard.api.data.findItems({ id, 'items.elementId': 'pay' }, ADMIN_USER))[0]?.id;
      const [called] = await guard.store.instances.find({ filter: { parentItemId: pay } });
      const a = called?.items?.find(({ elementId }) => elementId === 'A')?.id as string;
      const taken = await Promise.allSettled([a, b].map((one) => guard.api.tasks.take(one, kim)));
      expect(taken.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    }
  });

  test('who started the case is an initiator of the process that it calls', async () => {
    const guard = await open({ starter: { duty: 'not-initiator', model: 'Payment' } });
    await guard.api.engine.start('Outer', {}, mia);
    await does(guard, lee, 'C');
    expect(await seenBy(guard, mia)).toEqual(['B']);
    expect(await storedOf(guard, 'Payment')).toMatchObject({
      guard: { root: (await storedOf(guard, 'Outer')).id, callers: ['mia'] },
    });
  });

  test('after a crash between the two, the command is refused all the same, and the list is right after the next start', async () => {
    const place = guards.place();
    const guard = await open({ apart: APART }, place);
    await guard.api.engine.start('Order', {}, mia);
    await does(guard, kim, 'A');
    // As it was when the task was stored and the calling instance not told yet.
    await leave(guard, 'Order', (kept) => void delete kept.did);
    await leave(guard, 'Payment', (kept) => void Object.assign(kept, { untold: true, unfinished: true }));
    expect(await seenBy(guard, kim)).toEqual(['B']);
    expect(await refusal(guard.api.tasks.take(await idOf(guard, 'B'), kim))).toMatchObject({
      code: 'not-found',
    });
    await guard.close();
    const next = await guards.make({ place });
    await eventually(async () => (await storedOf(next, 'Payment')).guard?.untold !== true);
    expect([await seenBy(next, kim), await seenBy(next, lee)]).toEqual([[], ['B']]);
    expect((await next.health()).stuck).toBe(0);
  });

  test('what an instance told remains known when it is deleted', async () => {
    const guard = await open({ apart: APART });
    await guard.api.engine.start('Order', {}, mia);
    await does(guard, kim, 'A');
    await guard.api.data.deleteInstances({ id: (await storedOf(guard, 'Payment')).id }, ADMIN_USER);
    await does(guard, lee, 'B');
    expect(await storedOf(guard, 'Order')).toMatchObject({
      guard: { did: [{ model: 'Payment', task: 'A', done: ['kim'] }] },
    });
  });

  test('a called process that was stored before cases were known is hidden until the next command in its case', async () => {
    const guard = await open({ apart: APART });
    await guard.api.engine.start('Order', {}, mia);
    for (const name of ['Order', 'Payment'])
      await leave(guard, name, (kept) => {
        for (const field of ['root', 'callers', 'facts', 'did']) delete kept[field];
      });
    expect(await seenBy(guard, kim)).toEqual(['B']);
    const b = await idOf(guard, 'B');
    await guard.api.tasks.take(b, kim);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([['B'], ['A', 'B']]);
    await guard.api.tasks.complete(b, {}, kim);
    await does(guard, lee, 'A');
  });
});
