import { Contexts } from '../../src/engine/execution/context.js';
import { InstanceLocks } from '../../src/engine/execution/locks.js';
import { Retries } from '../../src/engine/execution/retries.js';
import { CouldNotTell } from '../../src/core/errors.js';
import { openStore } from '../../src/store/open.js';
import type { LockStore, Store } from '../../src/store/port.js';
import { eventually } from '../support/guards.js';

const away = (): CouldNotTell => new CouldNotTell('store-unavailable', 'The store did not answer.');
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Locks on a store whose single calls can fail before or after they were done. */
describe('Locks on a store that fails', () => {
  let store: Store;
  let fails: { acquire?: 'before' | 'after'; release?: 'before' | 'after' };
  let retries: Retries;
  let locks: InstanceLocks;

  beforeEach(async () => {
    store = await openStore({ memory: true });
    fails = {};
    const failing =
      <A extends unknown[], R>(name: keyof typeof fails, call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        const when = fails[name];
        if (when === 'before') throw away();
        const answer = await call(...args);
        if (when === 'after') throw away();
        return answer;
      };
    const inner = store.locks;
    const failingStore: LockStore = {
      acquire: failing('acquire', inner.acquire),
      release: failing('release', inner.release),
      renew: inner.renew,
      list: inner.list,
    };
    retries = new Retries(new Contexts(), SILENT);
    locks = new InstanceLocks(failingStore, { wait: 2000, staleAfter: 1000 }, retries);
  });
  afterEach(async () => {
    retries.stop();
    await store.close();
  });

  test('a lock that could not be given back does not stand in the way of this process, and is given back later', async () => {
    const release = await locks.lock('i');
    fails.release = 'before';
    await release();
    expect(await store.locks.list()).toHaveLength(1);
    const again = await locks.lock('i');
    fails = {};
    // The release of the first arrives while the second is held: it does not take that away.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await store.locks.list()).toHaveLength(1);
    await again();
    expect(await store.locks.list()).toEqual([]);
  });

  test('one that was taken although the answer was lost is given back when the store is back', async () => {
    fails = { acquire: 'after', release: 'before' };
    await expect(locks.lock('i')).rejects.toMatchObject({ code: 'store-unavailable', status: 503 });
    expect(await store.locks.list()).toHaveLength(1);
    fails = {};
    await eventually(async () => (await store.locks.list()).length === 0);
  });

  test('a lock that is held is not taken over by the same process', async () => {
    const release = await locks.lock('i');
    const second = new InstanceLocks(store.locks, { wait: 100, staleAfter: 1000 }, retries);
    await expect(second.lock('i')).rejects.toMatchObject({ code: 'busy', status: 409 });
    const waiting = locks.lock('i');
    await release();
    await (
      await waiting
    )();
    expect(await store.locks.list()).toEqual([]);
  });

  test('who waited in line while the store went is told at once, who comes later tries anew', async () => {
    const release = await locks.lock('i');
    const line = Promise.allSettled([locks.lock('i'), locks.lock('i'), locks.lock('i')]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    fails = { release: 'before', acquire: 'before' };
    await release(away());
    for (const waited of await line)
      expect(waited).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable' } });
    fails = {};
    await (
      await locks.lock('i')
    )();
  });
});
