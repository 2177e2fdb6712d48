import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Guard, Store } from 'bpmn-guard';
import { ADMIN_USER, Guards, person } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores, type Place } from '../support/stores.js';
import { inStore, named, run } from './running.js';

const MODELS = {
  open: model([start(), task('do'), end()]),
  mine: model([start({ initiator: 'who' }), task('do', { assignee: '$(data.who)' }), end()]),
};

onStores('maintenance', (kind) => {
  const guards = new Guards(kind);

  /** A place with running instances, whose guard is closed. */
  async function filled(count = 2): Promise<{ place: Place; at: string[]; ids: string[] }> {
    const place = guards.place();
    const { guard } = await guards.open({ place, models: MODELS });
    const ids: string[] = [];
    for (let i = 0; i < count; i++)
      ids.push(
        (await guard.api.engine.start('mine', {}, person(`user${i}`))).id,
        (await guard.api.engine.start('open', {}, person(`user${i}`))).id,
      );
    await guard.close();
    return { place, at: named(place.options), ids };
  }

  /** Makes instances as an unguarded host would have left them. */
  const makeOld = (place: Place, ids: readonly string[]): Promise<void> =>
    inStore(place, async (store) => {
      for (const id of ids) {
        const found = (await store.instances.load(id)) as NonNullable<
          Awaited<ReturnType<Store['instances']['load']>>
        >;
        const { guard: _guard, ...old } = found;
        await store.instances.remove([id], {});
        await store.instances.insert({
          ...old,
          items: (found.items ?? []).map(({ guard: _item, ...item }) => item as never),
        });
      }
      await store.values('guard').delete('reindexed');
    });

  const tasksOf = async (guard: Guard, userName: string): Promise<string[]> =>
    (await guard.api.data.getPendingUserTasks({}, person(userName)))
      .map(({ processName }) => processName)
      .sort();

  test("verify finds no faults in a guard's own data", async () => {
    const { at } = await filled();
    const { code, out } = await run(['verify', ...at]);
    expect([code, out]).toEqual([
      0,
      ['4 instances checked', '0 with wrong search data', '0 not indexed', '0 indexes missing'],
    ]);
    expect(JSON.parse((await run(['verify', '--json', ...at])).out[0] as string)).toMatchObject({
      checked: 4,
      wrong: 0,
      unindexed: 0,
    });
  });

  test('verify reports wrong search data with its place, and repairs it only on request', async () => {
    const { place, at, ids } = await filled();
    const [first, second, third] = ids as [string, string, string];
    await inStore(place, async (store) => {
      const spoil = async (id: string, change: (instance: any) => void): Promise<void> => {
        const instance = (await store.instances.load(id)) as any;
        change(instance);
        expect(
          await store.instances.update(id, instance.guard.rev, {
            guard: instance.guard,
            items: instance.items,
          }),
        ).toBe(true);
      };
      await spoil(first, (instance) => void (instance.guard.read = ['|u:thief']));
      await spoil(second, (instance) => void (instance.guard.open = []));
      await spoil(third, (instance) => void (instance.items.at(-1).guard = { open: true }));
    });
    const before = await inStore(place, (store) => store.instances.find({ filter: {} }));
    const { code, out } = await run(['verify', ...at]);
    expect([code, out[1]]).toEqual([1, '3 with wrong search data']);
    expect(
      out
        .slice(2, 5)
        .map((line) => line.trim())
        .sort(),
    ).toEqual([first, second, third].sort());
    expect(await inStore(place, (store) => store.instances.find({ filter: {} }))).toEqual(before);
    expect((await run(['verify', '--repair', ...at])).out[1]).toBe('3 with wrong search data, 3 repaired');
    expect((await run(['verify', ...at])).code).toBe(0);
    const { guard } = await guards.open({ place });
    expect(await tasksOf(guard, 'user0')).toEqual(['mine', 'open', 'open']);
    expect(await tasksOf(guard, 'thief')).toEqual(['open', 'open']);
    for (const task of await guard.api.data.getPendingUserTasks({}, ADMIN_USER))
      await guard.api.engine.invoke({ 'items.id': task.id }, {}, ADMIN_USER);
  });

  test('reindex makes older instances searchable, and reports when there is nothing to do', async () => {
    const { place, at, ids } = await filled();
    await makeOld(place, ids);
    expect((await run(['verify', ...at])).out).toContain('4 not indexed: run bpmn-guard reindex');
    const done = await run(['reindex', ...at]);
    expect([done.code, done.out, done.err]).toEqual([0, ['All instances are indexed.'], ['4 done, 0 left']]);
    expect((await run(['verify', ...at])).code).toBe(0);
    expect((await run(['reindex', ...at])).out).toEqual(['Nothing to do: all instances are indexed.']);
    const { guard } = await guards.open({ place });
    expect((await guard.health()).reindexed).toBe(true);
    expect(await tasksOf(guard, 'user0')).toEqual(['mine', 'open', 'open']);
    expect(await tasksOf(guard, 'nobody')).toEqual(['open', 'open']);
  });

  test('reindex and verify skip foreign entries in a list of items', async () => {
    const { place, at, ids } = await filled();
    await makeOld(place, ids);
    const lists: unknown[] = [null, 'no list', [null], 5];
    await inStore(place, async (store) => {
      for (const [i, id] of ids.entries()) {
        const items = lists[i] as object[] | null;
        const found = await store.instances.load(id);
        await store.instances.update(id, undefined, {
          items: i === 2 ? [null, ...(found?.items ?? [])] : items,
        });
      }
    });
    expect(await run(['reindex', ...at])).toMatchObject({ code: 0, out: ['All instances are indexed.'] });
    expect(await run(['verify', ...at])).toMatchObject({ code: 0 });
    await inStore(
      place,
      async (store) =>
        void (await store.instances.update(ids[0] as string, 1, { guard: { rev: 1, read: ['|u:thief'] } })),
    );
    expect((await run(['verify', '--repair', ...at])).out[1]).toBe('1 with wrong search data, 1 repaired');
  });

  test('reindex stops when it is interrupted, and goes on the next time', async () => {
    const { place, at, ids } = await filled();
    await makeOld(place, ids);
    const stopped = await run(['reindex', ...at], { interrupted: true });
    expect([stopped.code, stopped.out]).toEqual([1, ['Stopped. Run it again to continue.']]);
    expect((await run(['reindex', ...at])).code).toBe(0);
  });

  test('reindex reports the number of instances without a readable model and exits with 1', async () => {
    const { place, at, ids } = await filled(1);
    await makeOld(place, ids);
    await inStore(
      place,
      async (store) =>
        void (await store.instances.update(ids[0] as string, undefined, {
          source: 'no XML',
          name: 'no such model',
        })),
    );
    const { code, out } = await run(['reindex', ...at]);
    expect([code, out]).toEqual([
      1,
      ['1 instance could not be indexed: changed in the meantime, or without a readable model.'],
    ]);
  });

  test('backup copies everything, and only into an empty folder', async () => {
    const { at } = await filled(1);
    const target = mkdtempSync(path.join(tmpdir(), 'backup-'));
    const { code, out } = await run(['backup', target, ...at]);
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^\d+ documents in \d+ files?$/);
    expect(readdirSync(target).length).toBeGreaterThan(0);
    expect(await run(['backup', target, ...at])).toMatchObject({ code: 1 });
    if (kind === 'embedded')
      expect((await run(['verify', '--folder', target])).out[0]).toBe('2 instances checked');
    rmSync(target, { recursive: true, force: true });
  });
});

onStores('a store that is in use', (kind) => {
  const guards = new Guards(kind);
  test(
    kind === 'embedded' ? 'is refused while the application runs' : 'is verified while the application runs',
    async () => {
      const place = guards.place();
      await guards.open({ place, models: MODELS });
      const { code, err } = await run(['verify', ...named(place.options)]);
      if (kind === 'embedded')
        expect([code, err.at(-1)]).toEqual([1, expect.stringMatching(/\(store-in-use\)$/)]);
      else expect(code).toBe(0);
    },
  );
});
