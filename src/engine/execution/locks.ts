import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { SKEW, ticks, wallClock } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import type { HeldLock, LockOwner, LockStore } from '../../store/port.js';
import type { Retries } from './retries.js';
import { isOutage } from './transient.js';

/** A lock lives this long without being renewed, in milliseconds; others wait for `SKEW` more. */
export const LEASE = 60_000;
const RENEW_EVERY = 20_000;
/** When this process began: the same for all its guards. */
const BORN = Math.round(performance.timeOrigin);
const BACKOFF = { first: 10, most: 250 };

export interface LockOptions {
  /** Milliseconds to wait for an instance that others hold. */
  readonly wait: number;
  /** Milliseconds after which a lock without a lease, an unguarded host's, counts as left behind. */
  readonly staleAfter: number;
}

/** Until when a lock is held that is taken or renewed now. */
type Lease = () => Date;

/** Setting the wall clock back does not end a lock that is being renewed. */
function leaseFromNow(): Lease {
  const [read, began] = [wallClock(), ticks()];
  return () => new Date(Math.max(wallClock(), read + (ticks() - began)) + LEASE);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const busy = (): Conflict => new Conflict('busy', 'The instance is in use by others; try again.');

/** False when the deadline came first. */
async function inTime(work: Promise<void>, deadline: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>(
    (resolve) => (timer = setTimeout(() => resolve(false), deadline - ticks())),
  );
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Gives a lock back; never rejects. With the failure that ended the work under it, nobody waits for the store
 * again.
 */
export type Release = (failure?: unknown) => Promise<void>;

/**
 * Locks of instances: first come, first served within this process, with back-off against other processes. A lease is
 * renewed while the lock is held; a holder whose lease ran out, or that is a dead process of this machine, is replaced.
 * A lock that could not be given back, or whose taking was not answered, is taken over at once by this
 * process, and given
 * back when the store answers again.
 */
export class InstanceLocks {
  readonly owner: LockOwner = Object.freeze({
    host: hostname(),
    pid: process.pid,
    nonce: `${BORN}-${randomUUID()}`,
  });
  private readonly queues = new Map<string, Promise<void>>();
  private readonly inUse = new Set<string>();
  private taken = 0;
  /** The last outage met here: who waited in line meanwhile need not find out the same for itself. */
  private outage: { readonly at: number; readonly error: unknown } | undefined;

  constructor(
    private readonly store: LockStore,
    private readonly options: LockOptions,
    private readonly retries: Retries,
  ) {}

  /** Whether its holder is gone. */
  readonly isStale = ({ owner, until, time }: HeldLock): boolean => {
    const now = wallClock();
    if (owner === undefined || until === undefined) return now - time.getTime() > this.options.staleAfter;
    if (until.getTime() + SKEW <= now) return true;
    if (owner.nonce.startsWith(`${this.owner.nonce}/`)) return !this.inUse.has(owner.nonce);
    if (owner.host !== this.owner.host) return false;
    // In a container every process is number 1: one that was born at another time is gone.
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

  /** A lock under a name of its own: a release that arrives late does not take a newer lock away. */
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

  /** In line within this process; resolves to what lets the next one go on. */
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
   * Waits for the lock and takes it; resolves to its release, which is called once.
   * @param worthIt asked of who had to wait in line, before the lock is taken: what it rejects with ends the
   * wait, so that
   *   a crowd in which one has won is told without each of them taking the lock
   * @throws Conflict `busy` when the wait was in vain
   */
  async lock(id: string, worthIt?: () => Promise<unknown>): Promise<Release> {
    const deadline = ticks() + this.options.wait;
    const waited = this.queues.has(id);
    const leave = await this.queue(id, deadline);
    const owner = this.nextOwner();
    const lease = leaseFromNow();
    try {
      if (waited) await worthIt?.();
      await this.acquire(id, owner, lease, deadline);
    } catch (error) {
      // It may have been taken although the answer was lost.
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
