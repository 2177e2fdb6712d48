import type { Directory, Guard } from 'bpmn-guard';
import {
  ADMIN_USER,
  eventually,
  Guards,
  person,
  refusal,
  waitingTask,
  type GuardParts,
} from '../../support/guards.js';
import { end, model, service, signal, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob, sam] = [person('ann', 'staff'), person('bob', 'staff'), person('sam')];
const OTHER = { host: 'elsewhere', pid: 1, nonce: 'x/1' };
const LATER = (): Date => new Date(Date.now() + 3_600_000);

const MODELS = {
  M: model([start(), task('t', { candidateGroups: 'staff' }), end()]),
  Other: model([start(), task('t', { candidateGroups: 'staff' }), end()]),
  First: model([start({}, signal('go')), service('s', 'slow'), end()], { signals: ['go'] }),
  Second: model([start({}, signal('go')), task('t'), end()], { signals: ['go'] }),
};

onStores('While a call waits', (kind) => {
  const guards = new Guards(kind);
  const make = (parts: GuardParts = {}): Promise<Guard> => guards.make({ models: MODELS, ...parts });

  /** Does something to an instance while another process has its lock, and a call waits for that. */
  async function meanwhile<T>(
    guard: Guard,
    id: string,
    call: () => Promise<T>,
    work: () => Promise<unknown>,
  ) {
    const { locks } = guard.store;
    await locks.acquire(id, OTHER, LATER(), () => false);
    const acquire = jest.spyOn(locks, 'acquire');
    const done = call();
    done.catch(() => undefined);
    await eventually(async () => acquire.mock.calls.some(([of, by]) => of === id && by !== OTHER));
    acquire.mockRestore();
    await work();
    await locks.release(id, OTHER);
    return done;
  }
  async function change(guard: Guard, id: string, fields: object): Promise<void> {
    const stored = await guard.store.instances.load(id);
    const next = { ...stored?.guard, rev: (stored?.guard?.rev ?? 0) + 1 };
    expect(await guard.store.instances.update(id, stored?.guard?.rev, { ...fields, guard: next })).toBe(true);
  }

  test('deleting leaves what no longer matches its query', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('M', { state: 'obsolete' }, sam);
    const { id: same } = await guard.api.engine.start('M', { state: 'obsolete' }, sam);
    const { data } = guard.api;
    const deleted = await meanwhile(
      guard,
      id,
      () => data.deleteInstances({ 'data.state': 'obsolete' }, ADMIN_USER),
      () => change(guard, id, { data: { state: 'approved' } }),
    );
    expect(deleted).toEqual({ deletedCount: 1 });
    expect((await data.findInstances({}, ADMIN_USER)).map((one) => one.id)).toEqual([id]);
    expect(same).not.toBe(id);
  });

  test('deleting deletes what changed and still matches', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('M', { state: 'obsolete' }, sam);
    const query = { 'data.state': 'obsolete' };
    const deleted = await meanwhile(
      guard,
      id,
      () => guard.api.data.deleteInstances(query, ADMIN_USER),
      () => change(guard, id, { data: { state: 'obsolete', more: 1 } }),
    );
    expect(deleted).toEqual({ deletedCount: 1 });
  });

  test('a task is left alone whose instance was given a model with a duty across instances', async () => {
    const guard = await make();
    const duty = {
      duty: 'not-who-did',
      model: 'Other',
      task: 't',
      did: { model: 'Second', task: 't' },
    } as const;
    await guard.as(ADMIN_USER).policies.duties.save('apart', duty);
    const { id } = await guard.api.engine.start('M', {}, sam);
    const { id: itemId } = await waitingTask(guard, 't', id);
    const refused = await refusal(
      meanwhile(
        guard,
        id,
        () => guard.api.tasks.take(itemId, ann),
        () => change(guard, id, { name: 'Other' }),
      ),
    );
    expect(refused).toMatchObject({ code: 'conflict', message: expect.stringContaining('another model') });
  });

  test('a user who is gone when the second model of a signal begins starts the first only', async () => {
    const known = new Set(['ann', 'admin']);
    const directory: Directory = {
      find: async (name) =>
        known.has(name) ? [ann, ADMIN_USER].find((one) => one.userName === name) : undefined,
    };
    const services = {
      slow: async () => {
        known.delete('ann');
        // As long as what the directory has said is believed.
        await new Promise((resolve) => setTimeout(resolve, 5_500));
      },
    };
    const guard = await make({ directory, services });
    const started = guard.api.engine.throwSignal('go', {}, {}, ann);
    expect(await refusal(started)).toMatchObject({ code: 'unauthenticated' });
    expect((await guard.store.instances.find({ filter: {} })).map(({ name }) => name)).toEqual(['First']);
  });

  test('nothing is stored of a rejection that took too long', async () => {
    let open = (): void => undefined;
    const slow = new Promise<void>((resolve) => (open = resolve));
    let asked: Promise<unknown> = Promise.resolve();
    const directory: Directory = {
      find: async (name) => [ann, bob, sam, ADMIN_USER].find(({ userName }) => userName === name),
      members: () => (asked = slow.then(() => ['ann', 'bob'])) as Promise<string[]>,
    };
    const guard = await make({ directory, commandLimit: 1_000 });
    const { id } = await guard.api.engine.start('M', {}, sam);
    const { id: itemId } = await waitingTask(guard, 't', id);
    expect(await refusal(guard.api.tasks.reject(itemId, ann))).toMatchObject({ code: 'timed-out' });
    open();
    await asked;
    // What is left of the command has time to go on.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await guard.store.instances.load(id))?.guard?.items?.[itemId] ?? {}).not.toHaveProperty(
      'rejectedBy',
    );
  });

  test('no lock stays of a call whose instance could not be read', async () => {
    let isSlow = false;
    const directory: Directory = {
      async find(name) {
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 300));
        return [ann, sam, ADMIN_USER].find(({ userName }) => userName === name);
      },
    };
    const guard = await make({ directory });
    const duty = { duty: 'not-who-did', model: 'M', task: 't', did: { model: 'Other', task: 't' } } as const;
    await guard.as(ADMIN_USER).policies.duties.save('apart', duty);
    const { id } = await guard.api.engine.start('M', {}, sam);
    const { id: itemId } = await waitingTask(guard, 't', id);
    const { instances, locks } = guard.store;
    const failed = await refusal(
      meanwhile(
        guard,
        id,
        () => guard.api.tasks.take(itemId, ann),
        async () => {
          isSlow = true;
          await instances.remove([id], {});
        },
      ),
    );
    expect(failed.status).toBeLessThan(500);
    isSlow = false;
    await eventually(async () => (await locks.list()).length === 0);
  });
});
