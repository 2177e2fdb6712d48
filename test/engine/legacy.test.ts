import * as bpmn from 'bpmn-server';
import { createGuard, openStore, type Guard, type Store } from 'bpmn-guard';
import { definitionLoader } from '../../src/engine/execution/definition-loader.js';
import { reindex } from '../../src/engine/upkeep/reindex.js';
import type { StoredInstance } from '../../src/store/port.js';
import { OUTDATED } from '../../src/store/query/plan-marks.js';
import { bareStage } from '../leaks/bare-stage.js';
import { ADMIN_USER, person, refusal, waitingTask } from '../support/guards.js';
import { end, message, model, start, task } from '../support/models.js';
import { mongoUrl, onStores, type StoreKind } from '../support/stores.js';

const [ann, hr, other, starter] = [person('ann'), person('h', 'hr'), person('other'), person('starter')];

const MODELS: Readonly<Record<string, string>> = {
  Open: model([start({ initiator: 'who' }), task('t'), task('t2', { assignee: 'ann' }), end()]),
  Ann: model([start(), task('t', { assignee: 'ann' }), task('t2'), end()]),
  Group: model([start(), task('t', { candidateGroups: 'hr' }), end()]),
  Nobody: model([start(), task('t', { assignee: '$(data.nobody)' }), end()]),
  Message: model([start({}, message('go')), task('t', { assignee: 'ann' }), end()], { messages: ['go'] }),
};

/** A document in the form in which an unguarded host writes it. */
function bare({ _id: _id, guard: _guard, tenantId: _tenantId, ...instance }: StoredInstance): StoredInstance {
  const items = (instance.items ?? []).map(({ guard: _own, ...item }) => {
    for (const field of ['candidateUsers', 'candidateGroups']) {
      const names = item[field] as string[] | null | undefined;
      item[field] = (names ?? []).length === 0 ? null : names?.length === 1 ? names[0] : names;
    }
    return item;
  });
  if (instance.name === 'Message' && items[0] !== undefined) items[0].userName = 'start';
  return { ...instance, items } as StoredInstance;
}

/** A store with what an unguarded host left in it: on MongoDB written by the host itself. */
async function leftBehind(
  kind: StoreKind,
): Promise<{ store: Store; ids: Record<string, string>; remove(): Promise<void> }> {
  const ids: Record<string, string> = {};
  const names = Object.keys(MODELS).filter((name) => name !== 'Message');
  if (kind === 'mongo') {
    const stage = await bareStage(bpmn, mongoUrl(), false);
    const admin = stage.user({ userName: 'admin', userGroups: ['ADMIN'] });
    const user = stage.user({ userName: 'starter', userGroups: [] });
    for (const [name, source] of Object.entries(MODELS)) await stage.api.model.save(name, source, '', admin);
    for (const name of names) ids[name] = (await stage.api.engine.start(name, { x: 1 }, user)).id;
    ids.Message = (await stage.api.engine.throwMessage('go', {}, {}, user)).id;
    const store = await openStore({ url: mongoUrl(), name: stage.server.configuration.database.MongoDB.db });
    return { store, ids, remove: () => stage.close() };
  }
  const maker = await createGuard({ env: {}, store: { memory: true } });
  for (const [name, source] of Object.entries(MODELS))
    await maker.api.model.save(name, source, null, ADMIN_USER);
  for (const name of names) ids[name] = (await maker.api.engine.start(name, { x: 1 }, starter)).id;
  ids.Message = (await maker.api.engine.throwMessage('go', {}, null, starter))?.id as string;
  const store = await openStore({ memory: true });
  for (const instance of await maker.store.instances.find({ filter: {} }))
    await store.instances.insert(bare((await maker.store.instances.load(instance.id)) as StoredInstance));
  for (const { guard: _guard, _id: _modelId, ...kept } of await maker.store.models.find({}))
    await store.models.put(kept);
  await maker.close();
  return { store, ids, remove: async () => undefined };
}

onStores('Data of an unguarded host', (kind) => {
  const removals: (() => Promise<void>)[] = [];
  const opened: Guard[] = [];
  afterEach(async () => {
    for (const guard of opened.splice(0)) await guard.close();
    for (const remove of removals.splice(0)) await remove();
  });
  async function guarded(): Promise<{ guard: Guard; store: Store; ids: Record<string, string> }> {
    const { store, ids, remove } = await leftBehind(kind);
    removals.push(remove);
    const guard = await createGuard({ env: {}, store });
    opened.push(guard);
    return { guard, store, ids };
  }

  const seen = async (guard: Guard, user: typeof ann): Promise<string[]> =>
    (await guard.api.data.getPendingUserTasks({}, user)).map(({ processName }) => processName).sort();
  const found = async (guard: Guard, user: typeof ann): Promise<string[]> =>
    (await guard.api.data.findInstances({}, user)).map(({ name }) => name).sort();

  test('is as the host stores it', async () => {
    const { store, ids } = await guarded();
    const stored = await store.instances.load(ids.Group as string);
    expect(stored?.guard).toBeUndefined();
    expect(stored?.items?.at(-1)).toMatchObject({ elementId: 't', status: 'wait', candidateGroups: 'hr' });
    expect((await store.instances.load(ids.Message as string))?.items?.[0]?.userName).toBe('start');
    expect(await store.instances.count({ filter: {} })).toBe(Object.keys(MODELS).length);
  });

  test('is available at once by the exact rules; tasks without people stay closed until reindex', async () => {
    const { guard } = await guarded();
    expect((await guard.health()).reindexed).toBe(false);
    expect(await seen(guard, ann)).toEqual(['Ann', 'Message']);
    expect(await seen(guard, hr)).toEqual(['Group']);
    expect(await seen(guard, other)).toEqual([]);
    expect(await seen(guard, starter)).toEqual([]);
    expect(await seen(guard, ADMIN_USER)).toEqual(Object.keys(MODELS).sort());
    expect(await found(guard, ann)).toEqual(['Ann', 'Message']);
    expect(await found(guard, starter)).toEqual([]);
    expect((await guard.api.model.list({}, other)).map(({ name }) => name).sort()).toEqual(
      Object.keys(MODELS).sort(),
    );
  });

  test('commands work on it and add the data of the guard', async () => {
    const { guard, store, ids } = await guarded();
    const { id } = await waitingTask(guard, 't', ids.Ann, ann);
    expect(await refusal(guard.api.tasks.complete(id, {}, other))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.complete(id, { y: 2 }, ann);
    expect(await store.instances.load(ids.Ann as string)).toMatchObject({
      data: { x: 1, y: 2 },
      guard: { rev: 1, startedBy: 'starter' },
    });
    expect(await guard.api.data.getPendingUserTasks({ id: ids.Ann }, other)).toMatchObject([
      { elementId: 't2', state: 'open' },
    ]);
    const group = await waitingTask(guard, 't', ids.Group, hr);
    expect(await guard.api.tasks.take(group.id, hr)).toMatchObject({ state: 'assigned', assignee: 'h' });
    expect((await guard.api.tasks.complete(group.id, {}, hr)).status).toBe('end');
    const initiator = await waitingTask(guard, 't', ids.Open, ADMIN_USER);
    expect(await refusal(guard.api.tasks.complete(initiator.id, { who: 'x' }, ADMIN_USER))).toMatchObject({
      code: 'protected-variable',
    });
    expect(await guard.api.engine.upgrade('Nobody', [], ADMIN_USER)).toEqual([ids.Nobody]);
    expect(await guard.api.data.deleteInstances({ id: ids.Nobody }, ADMIN_USER)).toEqual({ deletedCount: 1 });
  });

  test('is complete after reindex: who started it, what is open, and what stays closed', async () => {
    const { guard, store, ids } = await guarded();
    const progress: unknown[] = [];
    expect(
      await reindex(store, { load: definitionLoader(store), onProgress: (step) => void progress.push(step) }),
    ).toBe(true);
    expect(progress).toEqual([{ done: 5, left: 0, skipped: 0 }]);
    expect((await guard.health()).reindexed).toBe(true);
    expect(await seen(guard, ann)).toEqual(['Ann', 'Message', 'Open']);
    expect(await seen(guard, other)).toEqual(['Open']);
    expect(await seen(guard, hr)).toEqual(['Group', 'Open']);
    expect(await seen(guard, starter)).toEqual(['Nobody', 'Open']);
    expect(await found(guard, starter)).toEqual(['Ann', 'Group', 'Nobody', 'Open']);
    expect((await store.instances.load(ids.Message as string))?.guard?.startedBy).toBeUndefined();
    expect((await guard.api.data.getPendingUserTasks({ id: ids.Nobody }, starter))[0]).toMatchObject({
      state: 'closed',
    });
    expect(await reindex(store, { load: definitionLoader(store) })).toBe(true);
    const { id } = await waitingTask(guard, 't', ids.Open, other);
    await guard.api.tasks.take(id, other);
    await guard.api.tasks.complete(id, {}, other);
    expect(await seen(guard, ann)).toEqual(['Ann', 'Message', 'Open']);
  });

  test('reindex can be stopped and taken up again, and passes over what cannot be read', async () => {
    const { guard, store, ids } = await guarded();
    const template = (await store.instances.load(ids.Ann as string)) as StoredInstance;
    const { _id: _id, ...copy } = template;
    for (let at = 0; at < 150; at++)
      await store.instances.insert({
        ...copy,
        id: `copy-${at}`,
        items: (copy.items ?? []).map((item) => ({ ...item, id: `${item.id}-${at}` })),
      });
    await store.instances.insert({ ...copy, id: 'broken', source: 'no bpmn', items: [] });
    const stop = new AbortController();
    const steps: { done: number; left: number }[] = [];
    expect(
      await reindex(store, {
        load: definitionLoader(store),
        signal: stop.signal,
        onProgress: (step) => (steps.push(step), stop.abort()),
      }),
    ).toBe(false);
    expect(steps).toHaveLength(1);
    expect((steps[0]?.done ?? 0) + (steps[0]?.left ?? 0)).toBe(156);
    expect(steps[0]?.left).toBeGreaterThan(0);
    expect((await guard.health()).reindexed).toBe(false);
    expect((await guard.api.data.findInstances({ name: 'Ann' }, ann)).length).toBe(151);
    expect(await reindex(store, { load: definitionLoader(store) })).toBe(false);
    expect(await store.instances.count({ filter: OUTDATED })).toBe(1);
    await store.instances.remove(['broken'], {});
    expect(await reindex(store, { load: definitionLoader(store) })).toBe(true);
    expect((await guard.health()).reindexed).toBe(true);
    expect((await guard.api.data.findInstances({ name: 'Ann' }, ann)).length).toBe(151);
  });
});
