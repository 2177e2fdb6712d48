import { Conflict, CouldNotTell, type Guard, type Policy } from 'bpmn-guard';
import { ne } from '../../../src/core/condition/condition.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const ann = person('ann');
const MINE = { assignee: 'ann' };
const M = model([start(), task('t', MINE), task('more', MINE), end()]);
const NEXT = model([start(), task('t', { candidateUsers: 'ann' }), task('more', MINE), end()]);
const guards = new Guards('embedded');

const stored = async ({ store }: Guard, id: string): Promise<StoredInstance> =>
  (await store.instances.load(id)) as StoredInstance;

/** A guard with running instances of `M`, whose source was changed since. */
async function begun(count: number, policies: readonly Policy[] = [], keep = {}) {
  const guard = await guards.make({ models: { M, Other: M }, policies, keep });
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push((await guard.api.engine.start('M', {}, ann)).id);
  await guard.api.model.save('M', NEXT, null, ADMIN_USER);
  return { guard, ids: ids as [string, string, string] };
}

/** Something happens when the lock of this instance is about to be taken for the first time. */
function beforeLock({ store: { locks } }: Guard, id: string, happens: () => Promise<unknown>): void {
  const acquire = locks.acquire.bind(locks);
  let isDone = false;
  jest.spyOn(locks, 'acquire').mockImplementation(async (...args) => {
    if (args[0] === id && !isDone) {
      isDone = true;
      await happens();
    }
    return acquire(...args);
  });
}

/** Another process changes the instance just then. */
const changesBeforeLock = (
  guard: Guard,
  id: string,
  change: (instance: StoredInstance) => Partial<StoredInstance>,
): void =>
  beforeLock(guard, id, async () => {
    const instance = await stored(guard, id);
    const rev = instance.guard?.rev ?? 0;
    const next = { guard: { ...instance.guard, rev: rev + 1 }, ...change(instance) };
    expect(await guard.store.instances.update(id, rev, next)).toBe(true);
  });

const leftOut = async ({ store }: Guard): Promise<unknown[]> =>
  (await store.audit.find({ userName: 'admin', answer: 'refused', limit: 20 })).map(
    ({ operation, reason, resource }) => [operation, reason, resource?.id],
  );

test('an instance that passes one of the elements before its turn is left out', async () => {
  const { guard, ids } = await begun(2);
  const [further, other] = ids;
  changesBeforeLock(guard, further, ({ items = [] }) => ({
    items: [...items, { id: 'new', elementId: 'more', type: 'bpmn:UserTask', status: 'wait' }],
  }));
  expect(await guard.api.engine.upgrade('M', ['more'], ADMIN_USER)).toEqual([other]);
  expect(await stored(guard, further)).toMatchObject({ source: M });
  expect(await leftOut(guard)).toEqual([['instance:migrate', 'wrong-state', further]]);
});

test('an instance that is migrated to another model before its turn keeps the source of that one', async () => {
  const { guard, ids } = await begun(2);
  const [moved, other] = ids;
  changesBeforeLock(guard, moved, () => ({ name: 'Other' }));
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual([other]);
  expect(await stored(guard, moved)).toMatchObject({ name: 'Other', source: M });
  expect(await leftOut(guard)).toEqual([['instance:migrate', 'wrong-state', moved]]);
});

test('an instance that runs the model of another owner when its turn comes is left out', async () => {
  const { guard, ids } = await begun(2);
  const [moved, other] = ids;
  changesBeforeLock(guard, moved, ({ guard: kept }) => ({
    guard: { ...kept, rev: (kept?.rev ?? 0) + 1, modelsOwner: 'library' },
  }));
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual([other]);
  expect(await stored(guard, moved)).toMatchObject({ source: M });
});

test('an instance that others hold or change does not keep the rest from an upgrade', async () => {
  const { guard, ids } = await begun(3);
  const [held, changed, other] = ids;
  beforeLock(guard, held, async () => {
    throw new Conflict('busy', 'The instance stayed locked.');
  });
  const { instances } = guard.store;
  const update = instances.update.bind(instances);
  jest
    .spyOn(instances, 'update')
    .mockImplementation(async (...args) => (args[0] === changed ? false : update(...args)));
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual([other]);
  expect(await leftOut(guard)).toEqual(
    expect.arrayContaining([
      ['instance:migrate', 'busy', held],
      ['instance:migrate', 'conflict', changed],
    ]),
  );
});

test('an upgrade ends when the store does not answer', async () => {
  const { guard, ids } = await begun(2);
  beforeLock(guard, ids[0], async () => {
    throw new CouldNotTell('store-unavailable', 'The store did not answer.');
  });
  expect(await refusal(guard.api.engine.upgrade('M', [], ADMIN_USER))).toMatchObject({
    code: 'store-unavailable',
  });
});

describe('An upgrade reads the model again before each instance, the newest first', () => {
  /** An upgrade of three, before whose second something happens. */
  async function upgradedWhile(happens: (guard: Guard) => Promise<unknown>) {
    const { guard, ids } = await begun(3);
    const [third, second, first] = ids;
    beforeLock(guard, second, () => happens(guard));
    const upgraded = await guard.api.engine.upgrade('M', [], ADMIN_USER);
    const sources = await Promise.all([first, second, third].map((id) => stored(guard, id)));
    const reasons = (await leftOut(guard)).map((entry) => (entry as unknown[])[1]);
    return { upgraded: upgraded.length, sources: sources.map(({ source }) => source), reasons };
  }

  test('an instance gets the source that was saved meanwhile', async () => {
    const later = model([start(), task('t', { candidateGroups: 'hr' }), task('more', MINE), end()]);
    expect(await upgradedWhile(({ api }) => api.model.save('M', later, null, ADMIN_USER))).toEqual({
      upgraded: 3,
      sources: [NEXT, later, later],
      reasons: [],
    });
  });

  test('an instance is left out if the new source lacks what it has reached', async () => {
    const other = model([start(), task('other', MINE), end()]);
    expect(await upgradedWhile(({ api }) => api.model.save('M', other, null, ADMIN_USER))).toEqual({
      upgraded: 1,
      sources: [NEXT, M, M],
      reasons: ['wrong-state', 'wrong-state'],
    });
  });

  test('the instances that remain are left out if the model was deleted', async () => {
    expect(await upgradedWhile(({ api }) => api.model.delete('M', ADMIN_USER))).toEqual({
      upgraded: 1,
      sources: [NEXT, M, M],
      reasons: ['not-found', 'not-found'],
    });
  });
});

test('an upgrade needs the model to be readable, as a migration does', async () => {
  let isHidden = false;
  const hides: Policy = {
    name: 'hides',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'model:read' && isHidden
        ? { restrictive: [{ id: 'not', says: 'not M', when: ne('model.name', 'M') }] }
        : {},
  };
  const { guard, ids } = await begun(1, [hides]);
  isHidden = true;
  for (const work of [
    () => guard.api.engine.migrate(ids[0], 'M', ADMIN_USER),
    () => guard.api.engine.upgrade('M', [], ADMIN_USER),
  ])
    expect(await refusal(work())).toMatchObject({
      code: 'not-found',
      message: 'No such model, or it is not yours to see.',
    });
  expect(await stored(guard, ids[0])).toMatchObject({ source: M });
});

test('an instance that keeps no source of its own gets none by an upgrade', async () => {
  const { guard, ids } = await begun(1, [], { source: false });
  expect(await guard.api.engine.upgrade('M', [], ADMIN_USER)).toEqual(ids);
  const then = await stored(guard, ids[0]);
  expect(then).not.toHaveProperty('source');
  expect(then).not.toHaveProperty('svg');
});
