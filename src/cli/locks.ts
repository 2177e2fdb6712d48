import { InstanceLocks } from '../engine/execution/locks.js';
import type { Store } from '../store/port.js';

/** Milliseconds to wait for others, and until a lock of theirs without a lease is abandoned. */
const LOCK = { wait: 30_000, staleAfter: 600_000 };

/** The locks of the guards on that store. A release that fails is left to the end of the lease. */
export const locksOf = (store: Pick<Store, 'locks'>): InstanceLocks =>
  new InstanceLocks(store.locks, LOCK, {
    attempt: (_what, work) =>
      work().then(
        () => undefined,
        () => undefined,
      ),
  });

/**
 * Does the work while no guard works on the instance.
 * @throws Conflict `busy` if others take too long
 */
export async function withLock<T>(
  store: Pick<Store, 'locks'>,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const release = await locksOf(store).lock(id);
  let failure: unknown;
  try {
    return await work();
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await release(failure);
  }
}
