import { hostname } from 'node:os';
import { Contexts } from '../../../src/engine/execution/context.js';
import { InstanceLocks } from '../../../src/engine/execution/locks.js';
import { Retries } from '../../../src/engine/execution/retries.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { openStore } from '../../../src/store/open.js';
import type { HeldLock, LockOwner, Store } from '../../../src/store/port.js';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR = 3_600_000;
/** Another machine: whether the process lives cannot be asked. */
const AFAR: LockOwner = { host: 'afar', pid: 1, nonce: 'afar-1' };
const never = (): boolean => false;

describe('The lease of a lock', () => {
  let store: Store;
  let retries: Retries;
  const locks = (wait = 50): InstanceLocks =>
    new InstanceLocks(store.locks, { wait, staleAfter: 1000 }, retries);

  beforeEach(async () => {
    store = await openStore({ memory: true });
    retries = new Retries(new Contexts(), SILENT);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    retries.stop();
    await store.close();
  });

  /** The clocks stand still: a process may at any moment. */
  const frozen = (): number => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now);
    return now;
  };

  test('of a process whose clock is 30 s behind is not over before its time', async () => {
    await store.locks.acquire('i', AFAR, new Date(frozen() - 29_999), never);
    await expect(locks().lock('i')).rejects.toMatchObject({ code: 'busy' });
  });

  test.each([
    ['whose number no process of this one has', { pid: 2 ** 22 + 1 }],
    ['with the number of this process', { pid: process.pid }],
  ])(
    'of a process in another container with the same host name, %s, is not over before its time',
    async (_what, at) => {
      const owner = { host: hostname(), space: 'of another container', nonce: '1-x/1', ...at };
      const until = frozen() - 29_999;
      await store.locks.acquire('i', owner, new Date(until), never);
      await expect(locks().lock('i')).rejects.toMatchObject({ code: 'busy' });
    },
  );

  test('that ran out longer ago than clocks may differ is over', async () => {
    await store.locks.acquire('i', AFAR, new Date(frozen() - 30_000), never);
    await (
      await locks().lock('i')
    )();
    expect(await store.locks.list()).toEqual([]);
  });

  test('that is renewed continues when the wall clock of its holder is set back', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const taken = Date.now();
    const release = await locks().lock('i');
    jest.setSystemTime(taken - HOUR);
    await jest.advanceTimersByTimeAsync(60_000);
    const [held] = (await store.locks.list()) as [HeldLock];
    expect(held.until?.getTime()).toBeGreaterThanOrEqual(taken + 110_000);
    jest.useRealTimers();
    await release();
  });

  test('after an outage commands are not refused because the wall clock was set back', async () => {
    const failing = new InstanceLocks(
      {
        ...store.locks,
        acquire: () => Promise.reject(new CouldNotTell('store-unavailable', 'The store did not answer.')),
      },
      { wait: 50, staleAfter: 1000 },
      retries,
    );
    await expect(failing.lock('i')).rejects.toMatchObject({ code: 'store-unavailable' });
    const back = Date.now() - HOUR;
    jest.spyOn(Date, 'now').mockImplementation(() => back);
    const calls = { acquire: store.locks.acquire };
    Object.assign((failing as unknown as { store: object }).store, calls);
    await (
      await failing.lock('i')
    )();
  });

  test('the wait for a lock ends in time when the wall clock is set back', async () => {
    const release = await locks().lock('i');
    const waiting = locks(200).lock('i');
    const back = Date.now() - HOUR;
    jest.spyOn(Date, 'now').mockImplementation(() => back);
    await expect(waiting).rejects.toMatchObject({ code: 'busy' });
    await release();
  });
});
