import type { Collection, Document, WithId } from 'mongodb';
import { today } from '../../core/clock.js';
import type { HeldLock, LockOwner, LockStore } from '../port.js';
import { inserted } from './insert.js';

/** Attempts to take a lock that someone releases meanwhile. */
const TRIES = 2;

const ownedBy = (id: string, { host, pid, nonce }: LockOwner): Document => ({
  id,
  'guard.owner.nonce': nonce,
  'guard.owner.host': host,
  'guard.owner.pid': pid,
});

function held(row: Document): HeldLock {
  const guard = row.guard as { owner?: LockOwner; until?: Date } | null | undefined;
  const time = row.time instanceof Date ? row.time : new Date(0);
  return { id: row.id as string, owner: guard?.owner, time, until: guard?.until };
}

/** Locks in the host's own collection: guards and unguarded hosts wait for each other. */
export class MongoLocks implements LockStore {
  constructor(private readonly locks: Collection<Document>) {}

  async acquire(
    id: string,
    { host, pid, space, nonce }: LockOwner,
    until: Date,
    isStale: (held: HeldLock) => boolean,
  ): Promise<boolean> {
    const lock = {
      id,
      server: `${host}:${pid}`,
      time: today(),
      guard: {
        owner: { host, pid, ...(space !== undefined && { space }), nonce },
        until: new Date(until),
      },
    };
    for (let i = 0; i < TRIES; i++) {
      if (await inserted(this.locks, { ...lock })) return true;
      const holder = await this.locks.findOne({ id });
      if (holder !== null) return isStale(held(holder)) && (await this.replace(holder, lock));
    }
    return false;
  }

  /** Replaces exactly that holder: not a later one, and not one that has renewed its lock. */
  private async replace(holder: WithId<Document>, lock: Document): Promise<boolean> {
    const { owner, until } = held(holder);
    const guard =
      owner === undefined
        ? { guard: (holder.guard as unknown) ?? null }
        : { 'guard.owner.nonce': owner.nonce, 'guard.until': until ?? null };
    return (
      (
        await this.locks.replaceOne(
          { _id: holder._id, time: (holder.time as unknown) ?? null, ...guard },
          { ...lock },
        )
      ).matchedCount === 1
    );
  }

  async renew(id: string, owner: LockOwner, until: Date): Promise<boolean> {
    return (
      (await this.locks.updateOne(ownedBy(id, owner), { $set: { 'guard.until': new Date(until) } }))
        .matchedCount === 1
    );
  }

  async release(id: string, owner: LockOwner): Promise<void> {
    await this.locks.deleteOne(ownedBy(id, owner));
  }

  async list(): Promise<HeldLock[]> {
    return (await this.locks.find({}).toArray()).map(held);
  }
}
