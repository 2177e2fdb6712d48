import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openStore, userDirectory } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { heardChild } from '../support/heard-children.js';
import { catching, end, model, start, task, timer } from '../support/models.js';
import { lastingPlace, onMongo, type Place, type StoreKind } from '../support/stores.js';
import { ROOT } from '../surface/sources.js';
import { lengthen } from '../store/contents/filled.js';
import { inStore, named, run, type Ran } from './running.js';

const { bin } = require('../../package.json') as { bin: Record<string, string> };
const COMMAND = path.join(ROOT, bin['bpmn-guard'] as string);
const PASSWORD = 'correct horse battery';
const alice = person('alice');

const MODELS = {
  ask: model([start(), task('do', { candidateUsers: 'alice,bob' }), task('then'), end()]),
  later: model([start(), catching('c', timer('timeDuration', 'PT3S')), end()]),
};

const places: Place[] = [];
afterEach(async () => void (await Promise.all(places.splice(0).map((place) => place.remove()))));
function placeOf(kind: StoreKind): Place {
  const made = lastingPlace(kind);
  places.push(made);
  return made;
}

/** A store as one argument. */
function argument({ options }: Place): string {
  if (options.folder !== undefined) return options.folder;
  if (options.url === undefined) throw new Error('a store in memory cannot be moved');
  const url = new URL(options.url);
  url.pathname = `/${options.name}`;
  return url.href;
}

const moving = (from: Place, to: Place, interrupted = false): Promise<Ran> =>
  run(['move', argument(from), argument(to)], { interrupted });

type Case = readonly [from: StoreKind, to: StoreKind];

function directions(cases: readonly Case[]): void {
  describe.each(cases)('from %s to %s', (fromKind, toKind) => {
    const guards = new Guards(fromKind);

    /** What a guard and the command line have made: a task, a timer, a user, a key, policies, an audit trail. */
    async function used(): Promise<{ from: Place; instance: string; timed: string }> {
      const from = placeOf(fromKind);
      const { guard } = await guards.open({ place: from, models: MODELS });
      const { id: instance } = await guard.as(alice).engine.start('ask', { n: 1.5, big: 2 ** 40 });
      const { id: timed } = await guard.as(alice).engine.start('later', {});
      const { securityRoles } = guard.as(ADMIN_USER).policies;
      await securityRoles.save('clerk', { rights: ['Todo:Read_Own', 'Todo:Process'] });
      await securityRoles.give('clerk', { user: 'alice' });
      await guard.close();
      await run(['user', 'add', 'alice', ...named(from.options)], { stdin: `${PASSWORD}\n` });
      await run(['key', 'create', 'erp', ...named(from.options)]);
      return { from, instance, timed };
    }

    test('a guard on the target goes on with what one on the source has begun', async () => {
      const { from, instance, timed } = await used();
      const to = placeOf(toKind);
      const trail = await inStore(from, ({ audit }) => audit.find({ limit: 100 }));
      const { code, out, err } = await moving(from, to);
      expect([code, out.at(-1)]).toEqual([
        0,
        expect.stringMatching(/^\d+ documents moved, and equal in both stores\. The source is as it was\.$/),
      ]);
      expect(out).toContain('instances: 2');
      expect(err).toEqual(expect.arrayContaining(['instances: 2 of 2 copied', 'instances: 2 of 2 compared']));

      const { guard } = await guards.open({ place: to });
      expect(await guard.health()).toMatchObject({ ok: true, reindexed: true, missingIndexes: [] });
      await eventually(async () => (await guard.store.instances.load(timed))?.status === 'end');
      const first = await waitingTask(guard, 'do', instance);
      // The policies hold in the target too: only who has the role sees the task.
      expect(await refusal(guard.as(person('bob')).tasks.take(first.id))).toMatchObject({
        code: 'not-found',
      });
      await guard.as(alice).tasks.take(first.id);
      await guard.as(alice).tasks.complete(first.id, { done: true });
      const then = await waitingTask(guard, 'then', instance);
      expect(await guard.as(ADMIN_USER).tasks.complete(then.id, {})).toMatchObject({
        status: 'end',
        data: { n: 1.5, big: 2 ** 40, done: true },
      });
      expect(await userDirectory(guard.store).verify('alice', PASSWORD)).toMatchObject({ userName: 'alice' });
      expect(await guard.store.audit.find({ limit: 100 })).toEqual(expect.arrayContaining(trail));
      await guard.close();
      expect((await run(['key', 'list', ...named(to.options)])).out.join()).toContain('erp');
      const operations = await inStore(to, ({ audit }) => audit.find({ limit: 100 }));
      expect(operations.map(({ resource }) => resource.name)).toContain('move');
      // The source was only read.
      expect(await inStore(from, ({ audit }) => audit.find({ limit: 100 }))).toEqual(trail);
    });

    test('an interrupted move is refused to a guard, and goes on when it is called again', async () => {
      const { from } = await used();
      const to = placeOf(toKind);
      expect(await moving(from, to, true)).toMatchObject({
        code: 1,
        out: ['Stopped. Run it again to continue.'],
      });
      expect(await refusal(guards.open({ place: to }))).toMatchObject({ code: 'store-incomplete' });
      const verified = await run(['verify', ...named(to.options)]);
      expect([verified.code, verified.err[0]]).toEqual([1, expect.stringContaining('(store-incomplete)')]);
      expect((await moving(from, to)).code).toBe(0);
      const again = await moving(from, to);
      expect([again.code, again.err.at(-1)]).toEqual([1, expect.stringContaining('(bad-configuration)')]);
    });

    test('a store that a guard has open is not moved', async () => {
      const { from } = await used();
      await guards.open({ place: from });
      const { code, err } = await moving(from, placeOf(toKind));
      expect([code, err]).toEqual([1, [expect.stringContaining('(store-in-use)')]]);
    });
  });
}

/** Many documents, so that a kill after the first batch comes before the last. */
function killed(toKind: StoreKind): void {
  test(`from embedded to ${toKind} goes on where it was killed`, async () => {
    execFileSync('npm', ['run', '--silent', 'build', '--', '--if-needed'], { cwd: ROOT });
    const [from, to] = [placeOf('embedded'), placeOf(toKind)];
    await lengthen(from.options, 5_000);
    const child = spawn(process.execPath, [COMMAND, 'move', argument(from), argument(to)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...heardChild() },
    });
    const lines = createInterface({ input: child.stderr });
    lines.once('line', () => void child.kill('SIGKILL'));
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await refusal(openStore(to.options))).toMatchObject({ code: 'store-incomplete' });
    const { code: ended, out, err } = await moving(from, to);
    expect([ended, out]).toEqual([0, expect.arrayContaining(['audit: 5000'])]);
    // What had arrived before was not copied again.
    expect(err.filter((line) => / of 5000 copied$/.test(line))[0]).not.toBe('audit: 1000 of 5000 copied');
  });
}

describe('bpmn-guard move', () => {
  directions([['embedded', 'embedded']]);

  test.each<[string[], string]>([
    [['move'], 'Missing: <from>'],
    [['move', 'x'], 'Missing: <to>'],
    [['move', 'x', 'y', '--folder', 'z'], 'move takes both stores as arguments'],
    [['move', 'MONGO_DB_URL', 'y'], 'MONGO_DB_URL is not set'],
    [['move', 'x', 'DATA_DIR'], 'DATA_DIR is not set'],
  ])('%j is not understood', async (args, message) => {
    const { code, err } = await run(args);
    expect([code, err[0]]).toEqual([2, expect.stringContaining(message)]);
  });

  test('never prints the password of a URL', async () => {
    const url = 'mongodb://someuser:somesecret@[/bpmn';
    for (const args of [
      ['move', url, 'y'],
      ['move', 'x', url],
      ['move', 'MONGO_DB_URL', 'y'],
    ]) {
      const { code, out, err } = await run(args, { env: { MONGO_DB_URL: url } });
      expect([code, [...out, ...err].join()]).toEqual([1, expect.not.stringContaining('somesecret')]);
    }
  });

  killed('embedded');
});

onMongo('bpmn-guard move', () => {
  directions([
    ['embedded', 'mongo'],
    ['mongo', 'embedded'],
  ]);
  killed('mongo');
});
