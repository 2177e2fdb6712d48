import { today } from '../../core/clock.js';
import type { HeldLock, LockOwner, LockStore } from '../port.js';

const isSame = (a: LockOwner | undefined, b: LockOwner): boolean =>
  a !== undefined && a.host === b.host && a.pid === b.pid && a.nonce === b.nonce;
const copyOf = (lock: HeldLock): HeldLock => ({
  ...lock,
  owner: lock.owner && { ...lock.owner },
  time: new Date(lock.time),
  until: lock.until && new Date(lock.until),
});

/** Locks in memory only: one process owns the folder, so no lock needs to outlive it. */
export class EmbeddedLocks implements LockStore {
  private readonly held = new Map<string, HeldLock>();

  async acquire(
    id: string,
    owner: LockOwner,
    until: Date,
    isStale: (held: HeldLock) => boolean,
  ): Promise<boolean> {
    const holder = this.held.get(id);
    if (holder !== undefined && !isStale(copyOf(holder))) return false;
    this.held.set(id, copyOf({ id, owner, time: today(), until }));
    return true;
  }

  async renew(id: string, owner: LockOwner, until: Date): Promise<boolean> {
    const holder = this.held.get(id);
    if (holder === undefined || !isSame(holder.owner, owner)) return false;
    this.held.set(id, { ...holder, until: new Date(until) });
    return true;
  }

  async release(id: string, owner: LockOwner): Promise<void> {
    if (isSame(this.held.get(id)?.owner, owner)) this.held.delete(id);
  }

  async list(): Promise<HeldLock[]> {
    return [...this.held.values()].map(copyOf);
  }
}
