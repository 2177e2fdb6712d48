import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
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

onMongo('restoring a backup', () => {
  const guards = new Guards('mongo');

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
