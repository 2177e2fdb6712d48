import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, userDirectory } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, waitingTask } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onMongo, onStores, type Place } from '../support/stores.js';
import { named, run } from './running.js';

const PASSWORD = 'correct horse battery';
const MODEL = model([start(), task('do', { candidateUsers: 'alice' }), task('then'), end()]);

/** Values of several kinds, none of which may become another. */
const KINDS = {
  n: 1.5,
  zero: -0,
  big: 2 ** 40,
  when: new Date(7),
  list: [null, true, ''],
  nested: { a: [] },
};

onStores('restoring a backup', (kind) => {
  const guards = new Guards(kind);
  let work: string;
  beforeEach(() => void (work = mkdtempSync(path.join(tmpdir(), 'cli-restore-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  /** A place with a model, a user, a key and a running instance, and its backup. */
  async function backedUp(): Promise<{ place: Place; at: string[]; backup: string; instance: string }> {
    const place = guards.place();
    const at = named(place.options);
    const { guard } = await guards.open({ place, models: { ask: MODEL } });
    const { id } = await guard.as(person('alice')).engine.start('ask', { n: 1.5, big: 2 ** 40 });
    await guard.store.values('test').set('kinds', KINDS);
    await guard.close();
    await run(['user', 'add', 'alice', ...at], { stdin: `${PASSWORD}\n` });
    await run(['key', 'create', 'erp', ...at]);
    const backup = path.join(work, 'backup');
    expect((await run(['backup', backup, ...at])).code).toBe(0);
    return { place, at, backup, instance: id };
  }

  test('work continues after a backup, a wipe and a restore', async () => {
    const { place, at, backup, instance } = await backedUp();
    await place.remove();
    const restored = await run(['restore', backup, ...at]);
    expect([restored.code, restored.err]).toEqual([0, []]);
    expect(restored.out[0]).toMatch(/^\d+ documents of \d+ files? restored\.$/);
    expect((await run(['verify', ...at])).code).toBe(0);

    const { guard } = await guards.open({ place });
    const alice = guard.as(person('alice'));
    const first = await waitingTask(guard, 'do', instance);
    await alice.tasks.take(first.id);
    await alice.tasks.complete(first.id, { done: true });
    const done = await guard
      .as(ADMIN_USER)
      .tasks.complete((await waitingTask(guard, 'then', instance)).id, {});
    expect(done.status).toBe('end');
    expect(done.data).toMatchObject({ n: 1.5, big: 2 ** 40, done: true });
    expect((await alice.engine.start('ask', {})).status).not.toBe('end');
    expect(await userDirectory(guard.store).verify('alice', PASSWORD)).toMatchObject({ userName: 'alice' });
    expect(await guard.store.values('test').get('kinds')).toEqual(KINDS);
    await guard.close();
    expect((await run(['key', 'list', ...at])).out.join()).toContain('erp');
    const store = await openStore(place.options);
    expect((await store.audit.find({ limit: 50 })).map(({ resource }) => resource.name)).toContain('restore');
    await store.close();
  });

  test('a store that is not empty is not overwritten', async () => {
    const { at, backup } = await backedUp();
    const { code, err } = await run(['restore', backup, ...at]);
    expect([code, err[0]]).toEqual([1, expect.stringMatching(/not empty.*bad-configuration/)]);
    expect((await run(['user', 'list', ...at])).out.join()).toContain('alice');
  });

  test('a backup of another kind of store is refused, and nothing is written', async () => {
    const place = guards.place();
    await place.remove();
    const at = named(place.options);
    writeFileSync(path.join(work, 'notes.txt'), 'hello');
    for (const source of [work, path.join(work, 'absent')]) {
      const { code, err } = await run(['restore', source, ...at]);
      expect([source, code, err[0]]).toEqual([source, 1, expect.stringContaining('bad-configuration')]);
    }
  });
});

/** The kinds of store that a backup comes from, and goes to. */
const ACROSS = [
  ['embedded', 'mongo'],
  ['mongo', 'embedded'],
] as const;

onMongo('restoring a backup', () => {
  const guards = new Guards('mongo');

  describe.each(ACROSS)('of %s into %s', (fromKind, toKind) => {
    const [sources, targets] = [new Guards(fromKind), new Guards(toKind)];
    let work: string;
    beforeEach(() => void (work = mkdtempSync(path.join(tmpdir(), 'cli-restore-'))));
    afterEach(() => rmSync(work, { recursive: true, force: true }));

    async function backup(): Promise<{ folder: string; instance: string }> {
      const place = sources.place();
      const { guard } = await sources.open({ place, models: { ask: MODEL } });
      const { id: instance } = await guard.as(person('alice')).engine.start('ask', { n: 1.5, big: 2 ** 40 });
      await guard.store.values('test').set('kinds', KINDS);
      await guard.close();
      await run(['user', 'add', 'alice', ...named(place.options)], { stdin: `${PASSWORD}\n` });
      const folder = path.join(work, 'backup');
      expect((await run(['backup', folder, ...named(place.options)])).code).toBe(0);
      return { folder, instance };
    }

    test('work continues in the other kind of store', async () => {
      const { folder, instance } = await backup();
      const place = targets.place();
      const restored = await run(['restore', folder, ...named(place.options)]);
      expect([restored.code, restored.err]).toEqual([0, []]);
      expect(restored.out[0]).toMatch(/^\d+ documents of \d+ files restored\.$/);
      expect((await run(['verify', ...named(place.options)])).code).toBe(0);
      const { guard } = await targets.open({ place });
      const first = await waitingTask(guard, 'do', instance);
      await guard.as(person('alice')).tasks.take(first.id);
      await guard.as(person('alice')).tasks.complete(first.id, { done: true });
      const { data } = await guard
        .as(ADMIN_USER)
        .tasks.complete((await waitingTask(guard, 'then', instance)).id, {});
      expect(data).toMatchObject({ n: 1.5, big: 2 ** 40, done: true });
      expect(await userDirectory(guard.store).verify('alice', PASSWORD)).toMatchObject({ userName: 'alice' });
      expect(await guard.store.values('test').get('kinds')).toEqual(KINDS);
    });

    test('a target that is not empty is refused', async () => {
      const { folder } = await backup();
      const place = targets.place();
      await targets.open({ place, models: { other: MODEL } }).then(({ guard }) => guard.close());
      const { code, err } = await run(['restore', folder, ...named(place.options)]);
      expect([code, err[0]]).toEqual([1, expect.stringMatching(/not empty.*bad-configuration/)]);
    });
  });

  test('a database into which a backup is still being restored is opened by nobody, nor filled by another', async () => {
    const place = guards.place();
    const at = named(place.options);
    const { guard } = await guards.open({ place, models: { ask: MODEL } });
    await guard.close();
    const work = mkdtempSync(path.join(tmpdir(), 'cli-restore-'));
    const backup = path.join(work, 'backup');
    await run(['backup', backup, ...at]);
    await place.remove();
    // A file whose end is no document stops the restore after others have been written.
    appendFileSync(path.join(backup, 'wf_instances.bson'), Buffer.from([5, 0, 0, 0, 1]));
    expect((await run(['restore', backup, ...at])).code).toBe(1);
    for (const args of [['verify'], ['user', 'list']]) {
      const { code, err } = await run([...args, ...at]);
      expect([code, err[0]]).toEqual([1, expect.stringContaining('(store-incomplete)')]);
    }
    expect((await run(['restore', backup, ...at])).err[0]).toMatch(/not empty.*bad-configuration/);
    rmSync(work, { recursive: true, force: true });
  });

  test('a damaged backup is refused before anything is written', async () => {
    const place = guards.place();
    const at = named(place.options);
    const { guard } = await guards.open({ place, models: { ask: MODEL } });
    await guard.as(person('alice')).engine.start('ask', {});
    await guard.close();
    const work = mkdtempSync(path.join(tmpdir(), 'cli-restore-'));
    const backup = path.join(work, 'backup');
    await run(['backup', backup, ...at]);
    await place.remove();
    const file = path.join(backup, 'wf_instances.bson');
    truncateSync(file, 100);
    expect(readdirSync(backup)).toContain('wf_instances.bson');
    const { code, err } = await run(['restore', backup, ...at]);
    expect([code, err[0]]).toEqual([1, expect.stringContaining('The backup is damaged')]);
    const store = await openStore(place.options);
    expect(await store.models.find({})).toEqual([]);
    await store.close();
    rmSync(work, { recursive: true, force: true });
  });
});
