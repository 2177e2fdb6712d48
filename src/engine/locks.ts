import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Conflict } from '../core/errors.js';
import type { HeldLock, LockOwner, LockStore } from '../store/port.js';

/** A lock lives this long without being renewed, in milliseconds (spec 08, 19). */
export const LEASE = 60_000;
const RENEW_EVERY = 20_000;
const BACKOFF = { first: 10, most: 250 };

export interface LockOptions {
  /** Milliseconds to wait for an instance that others hold. */
  readonly wait: number;
  /** Milliseconds after which a lock without a lease, an unguarded host's, counts as left behind. */
  readonly staleAfter: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const busy = (): Conflict => new Conflict('busy', 'The instance is in use by others; try again.');

/** False when the deadline came first. */
async function inTime(work: Promise<void>, deadline: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), deadline - Date.now())));
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
 * Locks of instances: first come, first served within this process, with back-off against other processes. A lease is
 * renewed while the lock is held; a holder whose lease ran out, or that is a dead process of this machine, is replaced.
 */
export class InstanceLocks {
  readonly owner: LockOwner = Object.freeze({ host: hostname(), pid: process.pid, nonce: randomUUID() });
  private readonly queues = new Map<string, Promise<void>>();
  private readonly renewals = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly store: LockStore,
    private readonly options: LockOptions,
  ) {}

  private readonly isStale = ({ owner, until, time }: HeldLock): boolean => {
    const now = Date.now();
    if (owner === undefined || until === undefined) return now - time.getTime() > this.options.staleAfter;
    if (until.getTime() <= now) return true;
    if (owner.host !== this.owner.host || owner.nonce === this.owner.nonce) return false;
    return owner.pid === this.owner.pid ? false : !isAlive(owner.pid);
  };

  private async acquire(id: string, deadline: number): Promise<void> {
    for (let delay = BACKOFF.first; ; delay = Math.min(delay * 2, BACKOFF.most)) {
      if (await this.store.acquire(id, this.owner, new Date(Date.now() + LEASE), this.isStale)) return;
      if (Date.now() + delay > deadline) throw busy();
      await pause(delay / 2 + Math.random() * (delay / 2));
    }
  }

  private startRenewing(id: string): void {
    const timer = setInterval(() => void this.store.renew(id, this.owner, new Date(Date.now() + LEASE)).catch(() => undefined), RENEW_EVERY);
    timer.unref();
    this.renewals.set(id, timer);
  }

  /**
   * Waits for the lock and takes it; resolves to its release, which is called once.
   * @throws Conflict `busy` when the wait was in vain
   */
  async lock(id: string): Promise<() => Promise<void>> {
    const before = this.queues.get(id) ?? Promise.resolve();
    let done!: () => void;
    const mine = new Promise<void>((resolve) => (done = resolve));
    const tail = before.then(() => mine);
    this.queues.set(id, tail);
    const leave = (): void => {
      if (this.queues.get(id) === tail) this.queues.delete(id);
      done();
    };
    const deadline = Date.now() + this.options.wait;
    if (!(await inTime(before, deadline))) {
      void before.then(leave);
      throw busy();
    }
    try {
      await this.acquire(id, deadline);
    } catch (error) {
      leave();
      throw error;
    }
    this.startRenewing(id);
    return async () => {
      clearInterval(this.renewals.get(id));
      this.renewals.delete(id);
      try {
        await this.store.release(id, this.owner);
      } finally {
        leave();
      }
    };
  }
}
