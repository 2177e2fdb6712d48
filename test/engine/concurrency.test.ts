import { hostname } from 'node:os';
import { spawnSync } from 'node:child_process';
import type { Guard, GuardError } from 'bpmn-guard';
import { Child } from '../support/child.js';
import { spaceOfPids } from '../../src/store/alive.js';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { end, model, parallel, service, start, task } from '../support/models.js';
import { onMongo, onStores } from '../support/stores.js';

const source = model([start(), task('t', { candidateGroups: 'hr' }), end()]);
const crowd = Array.from({ length: 100 }, (_, at) => person(`user${at}`, 'hr'));
const starter = person('starter');

async function begun(guard: Guard): Promise<{ id: string; taskId: string }> {
  const { id } = await guard.api.engine.start('M', {}, starter);
  return { id, taskId: (await waitingTask(guard, 't', id)).id };
}

/** How each of them fared: the places of the winners, and the codes of the others. */
async function race(
  works: readonly (() => Promise<unknown>)[],
): Promise<{ won: number[]; codes: Set<string> }> {
  const won: number[] = [];
  const codes = new Set<string>();
  await Promise.all(
    works.map((work, at) =>
      work().then(
        () => void won.push(at),
        (error: GuardError) => void codes.add(error.code),
      ),
    ),
  );
  return { won, codes };
}

onStores('Concurrent commands', (kind) => {
  const guards = new Guards(kind);

  test('a hundred users take one task: one gets it, the others are refused, a later take does not steal it', async () => {
    const guard = await guards.make({ models: { M: source } });
    const { taskId } = await begun(guard);
    const { won, codes } = await race(crowd.map((user) => () => guard.api.tasks.take(taskId, user)));
    expect(won).toHaveLength(1);
    expect([...codes]).toEqual(['wrong-state']);
    const winner = crowd[won[0] as number];
    expect(await waitingTask(guard, 't')).toMatchObject({ assignee: winner?.userName });
    expect(
      await refusal(guard.api.tasks.take(taskId, crowd[(won[0] as number) === 0 ? 1 : 0])),
    ).toMatchObject({ code: 'wrong-state', status: 409 });
    expect(await waitingTask(guard, 't')).toMatchObject({ assignee: winner?.userName });
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('a task is completed once, however many users complete it at the same time', async () => {
    const calls: string[] = [];
    const guard = await guards.make({
      services: { call: () => void calls.push('') },
      models: { M: model([start(), task('t', { assignee: 'ann' }), service('s', 'call'), end()]) },
    });
    const { taskId } = await begun(guard);
    const ann = person('ann');
    const { won, codes } = await race(
      Array.from({ length: 20 }, (_, at) => () => guard.api.tasks.complete(taskId, { at }, ann)),
    );
    expect(won).toHaveLength(1);
    expect([...codes]).toEqual(['wrong-state']);
    expect(calls).toHaveLength(1);
    expect((await guard.store.instances.find({ filter: {} }))[0]?.data).toEqual({ at: won[0] });
  });

  test('parallel service tasks of one instance do not conflict with each other', async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    const branches = Array.from({ length: 6 }, (_, at) => [
      service(`s${at}`, 'pause'),
      service(`u${at}`, 'pause'),
    ]);
    const guard = await guards.make({
      services: { pause },
      models: { M: model([start(), task('t'), parallel('p', ...branches), end()]) },
    });
    const ids = await Promise.all(Array.from({ length: 5 }, () => begun(guard)));
    await Promise.all(ids.map(({ taskId }) => guard.api.tasks.complete(taskId, {}, ADMIN_USER)));
    const stored = await guard.store.instances.find({ filter: {} });
    expect(stored.map(({ status, guard: kept }) => [status, kept?.rev])).toEqual(
      Array.from({ length: 5 }, () => ['end', 2]),
    );
  });

  test('commands on one instance run one after the other, and none is lost', async () => {
    const guard = await guards.make({ models: { M: source } });
    const { id, taskId } = await begun(guard);
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        guard.api.engine.assign({ 'items.id': taskId }, { last: at }, { priority: at }, ADMIN_USER),
      ),
    );
    const stored = await guard.store.instances.load(id);
    expect(stored?.guard?.rev).toBe(21);
    expect(stored?.items?.find((item) => item.id === taskId)).toMatchObject({ priority: stored?.data?.last });
  });

  test('a caller who waits longer than lockWait gets "busy", and the lock is free afterwards', async () => {
    const gate: { open?: () => void } = {};
    const guard = await guards.make({
      lockWait: 300,
      services: { wait: () => new Promise<void>((resolve) => (gate.open = resolve)) },
      models: { M: model([start(), task('t', { assignee: 'ann' }), service('s', 'wait'), end()]) },
    });
    const { id, taskId } = await begun(guard);
    const long = guard.api.tasks.complete(taskId, {}, person('ann'));
    await eventually(() => gate.open !== undefined);
    const waiters = await Promise.all(
      [1, 2, 3].map(() =>
        refusal(guard.api.engine.assign({ 'items.id': taskId }, {}, { priority: 1 }, ADMIN_USER)),
      ),
    );
    expect(waiters.map(({ code, status }) => [code, status])).toEqual(waiters.map(() => ['busy', 409]));
    gate.open?.();
    expect((await long).status).toBe('end');
    expect(
      await refusal(guard.api.engine.assign({ 'items.id': taskId }, {}, { priority: 1 }, ADMIN_USER)),
    ).toMatchObject({ code: 'wrong-state' });
    expect((await guard.store.instances.load(id))?.guard?.rev).toBe(2);
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('a write under an outdated revision is a conflict and stores nothing', async () => {
    const seen: { id?: string } = {};
    const { guard } = await guards.open({
      services: {
        meddle: async () => {
          const id = seen.id as string;
          const stored = await guard.store.instances.load(id);
          await guard.store.instances.update(id, stored?.guard?.rev, {
            guard: { ...stored?.guard, rev: 77 },
          });
        },
      },
      models: { M: model([start(), task('t', { assignee: 'ann' }), service('s', 'meddle'), end()]) },
    });
    const { id, taskId } = await begun(guard);
    seen.id = id;
    expect(await refusal(guard.api.tasks.complete(taskId, { x: 1 }, person('ann')))).toMatchObject({
      code: 'conflict',
      status: 409,
    });
    expect(await guard.store.instances.load(id)).toMatchObject({
      status: 'running',
      data: {},
      guard: { rev: 77 },
    });
  });

  describe('an abandoned lock', () => {
    const HERE = { host: hostname(), space: spaceOfPids() };
    const gone = (): number => spawnSync(process.execPath, ['-e', '']).pid;
    const later = (ms: number): Date => new Date(Date.now() + ms);

    test.each([
      [
        'of a process of this machine that is gone',
        () => ({ owner: { ...HERE, pid: gone(), nonce: 'x' }, until: later(60_000) }),
      ],
      [
        'of an earlier process with the same number, as in a container',
        () => ({ owner: { ...HERE, pid: process.pid, nonce: '1-x/1' }, until: later(60_000) }),
      ],
      [
        'whose lease has run out, by more than clocks differ',
        () => ({ owner: { host: 'elsewhere', pid: 1, nonce: 'x' }, until: later(-31_000) }),
      ],
    ])('%s is taken over', async (_what, make) => {
      const guard = await guards.make({ lockWait: 500, models: { M: source } });
      const { id, taskId } = await begun(guard);
      const { owner, until } = make();
      expect(await guard.store.locks.acquire(id, owner, until, () => true)).toBe(true);
      expect(await guard.api.tasks.take(taskId, crowd[0])).toMatchObject({ assignee: 'user0' });
      expect(await guard.store.locks.list()).toEqual([]);
    });

    test('of a live process on another machine is respected', async () => {
      const guard = await guards.make({ lockWait: 200, models: { M: source } });
      const { id, taskId } = await begun(guard);
      const owner = { host: 'elsewhere', pid: 1, nonce: 'x' };
      await guard.store.locks.acquire(id, owner, later(60_000), () => false);
      expect(await refusal(guard.api.tasks.take(taskId, crowd[0]))).toMatchObject({ code: 'busy' });
      await guard.store.locks.release(id, owner);
      expect(await guard.api.tasks.take(taskId, crowd[0])).toMatchObject({ assignee: 'user0' });
    });
  });
});

onMongo('Several guards on one database', () => {
  const guards = new Guards('mongo');
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
  });

  test('of a hundred users of two guards in one process one gets the task', async () => {
    const place = guards.place();
    const pair = [await guards.make({ place, models: { M: source } }), await guards.make({ place })] as const;
    const { taskId } = await begun(pair[0]);
    const { won, codes } = await race(
      crowd.map((user, at) => () => (pair[at % 2] as Guard).api.tasks.take(taskId, user)),
    );
    expect(won).toHaveLength(1);
    expect([...codes]).toEqual(['wrong-state']);
    expect(await waitingTask(pair[1], 't')).toMatchObject({ assignee: crowd[won[0] as number]?.userName });
    expect(await pair[0].store.locks.list()).toEqual([]);
  });

  test('two processes share the work: each task is completed once', async () => {
    const place = guards.place();
    const maker = await guards.make({
      place,
      models: { M: model([start(), task('a'), service('s', 'pause'), task('b'), end()]) },
    });
    const argument = { store: place.options, mode: 'load', model: 'M', clients: 3 };
    children.push(new Child('load.mjs', argument), new Child('load.mjs', argument));
    await Promise.all(children.map((child) => child.said(30)));
    await Promise.all(children.map((child) => child.kill()));
    const told = children.flatMap((child) => child.facts).filter(({ step }) => step === 'b');
    expect(new Set(told.map(({ id }) => id as string)).size).toBe(told.length);
    for (const { id } of told)
      expect(await maker.store.instances.load(id as string)).toMatchObject({
        status: 'end',
        data: { a: id, b: id },
        guard: { rev: 3 },
      });
  });

  test("a lock without a lease, an unguarded host's, is waited for, and stale after the time that is set", async () => {
    const guard = await guards.make({ lockWait: 300, staleLockAfter: 60_000, models: { M: source } });
    const { id, taskId } = await begun(guard);
    const { MongoClient } = await import('mongodb');
    const { url, name } = (guards as unknown as { places: { options: { url: string; name: string } }[] })
      .places[0]?.options as { url: string; name: string };
    const client = await MongoClient.connect(url);
    try {
      const locks = client.db(name).collection('wf_locks');
      await locks.insertOne({ id, server: 'old', time: new Date() });
      expect(await refusal(guard.api.tasks.take(taskId, crowd[0]))).toMatchObject({ code: 'busy' });
      await locks.updateOne({ id }, { $set: { time: new Date(Date.now() - 61_000) } });
      expect(await guard.api.tasks.take(taskId, crowd[0])).toMatchObject({ assignee: 'user0' });
    } finally {
      await client.close();
    }
  });
});
