import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { SKEW, ticks, wallClock } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import { within } from '../../core/within.js';
import { isAlive, isSameSpace, spaceOfPids } from '../../store/alive.js';
import type { HeldLock, LockOwner, LockStore } from '../../store/port.js';
import type { Retries } from './retries.js';
import { isOutage } from './transient.js';

/** How long a lock lives without renewal, in milliseconds; others wait for `SKEW` more. */
export const LEASE = 60_000;
const RENEW_EVERY = 20_000;
/** When this process began; the same for all its guards. */
const BORN = Math.round(performance.timeOrigin);
const BACKOFF = { first: 10, most: 250 };

export interface LockOptions {
  /** Milliseconds to wait for an instance locked by others. */
  readonly wait: number;
  /** Milliseconds after which a lock without a lease (an unguarded host's) counts as abandoned. */
  readonly staleAfter: number;
}

/** The expiry time of a lock taken or renewed now. */
type Lease = () => Date;

/** Setting the wall clock back must not end a lock that is being renewed. */
function leaseFromNow(): Lease {
  const [read, began] = [wallClock(), ticks()];
  return () => new Date(Math.max(wallClock(), read + (ticks() - began)) + LEASE);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const busy = (): Conflict => new Conflict('busy', 'The instance is in use by others; try again.');

/** False if the deadline came first. */
const inTime = (work: Promise<void>, deadline: number): Promise<boolean> =>
  within(
    deadline - ticks(),
    work.then(() => true),
    () => false,
  );

/** Releases a lock; never rejects. Given the failure that ended the work, it does not wait for the store again. */
export type Release = (failure?: unknown) => Promise<void>;

/**
 * Locks of instances: first come, first served within this process, with back-off against other processes. The
 * lease is renewed while the lock is held. A holder whose lease has expired, or whose process is known to be dead, is
 * replaced. A lock that could not be released, or whose acquisition was not answered, is taken over by
 * this process at once and released when the store answers again.
 */
export class InstanceLocks {
  readonly owner: LockOwner = Object.freeze({
    host: hostname(),
    pid: process.pid,
    space: spaceOfPids(),
    nonce: `${BORN}-${randomUUID()}`,
  });
  private readonly queues = new Map<string, Promise<void>>();
  private readonly inUse = new Set<string>();
  private taken = 0;
  /** The last outage met here, so that queued callers need not run into it themselves. */
  private outage: { readonly at: number; readonly error: unknown } | undefined;

  constructor(
    private readonly store: LockStore,
    private readonly options: LockOptions,
    private readonly retries: Pick<Retries, 'attempt'>,
  ) {}

  /** Whether the holder is gone. */
  readonly isStale = ({ owner, until, time }: HeldLock): boolean => {
    const now = wallClock();
    if (owner === undefined || until === undefined) return now - time.getTime() > this.options.staleAfter;
    if (until.getTime() + SKEW <= now) return true;
    if (owner.nonce.startsWith(`${this.owner.nonce}/`)) return !this.inUse.has(owner.nonce);
    if (!isSameSpace(owner, this.owner)) return false;
    // In a container every process has number 1: one that began at another time is gone.
    return owner.pid === this.owner.pid ? !owner.nonce.startsWith(`${BORN}-`) : !isAlive(owner.pid);
  };

  private async acquire(id: string, owner: LockOwner, lease: Lease, deadline: number): Promise<void> {
    for (let delay = BACKOFF.first; ; delay = Math.min(delay * 2, BACKOFF.most)) {
      if (await this.store.acquire(id, owner, lease(), this.isStale)) return;
      if (ticks() + delay > deadline) throw busy();
      await pause(delay / 2 + Math.random() * (delay / 2));
    }
  }

  private startRenewing(id: string, owner: LockOwner, lease: Lease): NodeJS.Timeout {
    const timer = setInterval(
      () => void this.store.renew(id, owner, lease()).catch(() => undefined),
      RENEW_EVERY,
    );
    return timer.unref();
  }

  /** Each lock has its own name, so that a late release does not remove a newer lock. */
  private nextOwner(): LockOwner {
    const owner = { ...this.owner, nonce: `${this.owner.nonce}/${++this.taken}` };
    this.inUse.add(owner.nonce);
    return owner;
  }

  private async giveBack(id: string, owner: LockOwner, failure: unknown): Promise<void> {
    this.inUse.delete(owner.nonce);
    const released = this.retries.attempt('the release of a lock', () => this.store.release(id, owner), {
      instance: id,
    });
    if (isOutage(failure)) this.outage = { at: ticks(), error: failure };
    else await released;
  }

  /** Queues within this process; resolves to a function that lets the next one continue. */
  private async queue(id: string, deadline: number): Promise<() => void> {
    const since = ticks();
    const before = this.queues.get(id) ?? Promise.resolve();
    let done!: () => void;
    const mine = new Promise<void>((resolve) => (done = resolve));
    const tail = before.then(() => mine);
    this.queues.set(id, tail);
    const leave = (): void => {
      if (this.queues.get(id) === tail) this.queues.delete(id);
      done();
    };
    if (!(await inTime(before, deadline))) {
      void before.then(leave);
      throw busy();
    }
    const { outage } = this;
    if (outage !== undefined && outage.at > since) {
      leave();
      throw outage.error;
    }
    return leave;
  }

  /**
   * Waits for the lock and takes it; resolves to its release, to be called once.
   * @param stillWanted called for queued callers before they take the lock. A rejection ends the wait, so that after
   * one of a crowd has won, the others are refused without taking the lock
   * @throws Conflict `busy` if the wait timed out
   */
  async lock(id: string, stillWanted?: () => Promise<unknown>): Promise<Release> {
    const deadline = ticks() + this.options.wait;
    const waited = this.queues.has(id);
    const leave = await this.queue(id, deadline);
    const owner = this.nextOwner();
    const lease = leaseFromNow();
    try {
      if (waited) await stillWanted?.();
      await this.acquire(id, owner, lease, deadline);
    } catch (error) {
      // The lock may have been taken although the answer was lost.
      if (isOutage(error)) await this.giveBack(id, owner, error);
      else this.inUse.delete(owner.nonce);
      leave();
      throw error;
    }
    const renewal = this.startRenewing(id, owner, lease);
    return async (failure) => {
      clearInterval(renewal);
      await this.giveBack(id, owner, failure);
      leave();
    };
  }
}
