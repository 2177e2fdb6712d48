import { AsyncLocalStorage } from 'node:async_hooks';
import { ticks } from '../core/clock.js';
import { CouldNotTell } from '../core/errors.js';

/** A store that answers slowly is waited for so many times the limit of one call; one that is gone, once. */
const TOTAL = 4;

/** What a piece of work may still wait for its store, in milliseconds; nothing counts when the work has ended. */
interface Allowance {
  left: number;
  /** Calls under way, and since when there is one. */
  active: number;
  since: number;
  ended: boolean;
}

/** One AsyncLocalStorage for both: Node hands each of those on with every promise that is made. */
interface Frame {
  readonly signal?: AbortSignal;
  readonly allowance?: Allowance;
}

const late = (): CouldNotTell => new CouldNotTell('store-unavailable', 'The store did not answer in time.');

const spent = (allowance: Allowance): number => (allowance.active > 0 ? ticks() - allowance.since : 0);

/**
 * How long callers wait for a store: each call, and all calls together of one piece of work. A call that is given up is
 * told so by its signal, so that what has not been sent yet is not sent later.
 */
export class CallLimits {
  private readonly frames = new AsyncLocalStorage<Frame>();

  /** @param limit of one call, in milliseconds; missing: none */
  constructor(readonly limit?: number) {}

  /** Aborts when the call that is running here is given up. */
  get signal(): AbortSignal | undefined {
    return this.frames.getStore()?.signal;
  }

  private get allowance(): Allowance | undefined {
    const allowance = this.frames.getStore()?.allowance;
    return allowance?.ended === true ? undefined : allowance;
  }

  private enter<T>(part: Frame, work: () => T): T {
    return this.frames.run({ ...this.frames.getStore(), ...part }, work);
  }

  /**
   * Runs work whose calls may together wait for four times the limit, and for nothing more when one of them was given
   * up; work inside it that is bounded itself has its own limits.
   */
  async bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit === undefined) return work();
    const allowance: Allowance = { left: TOTAL * this.limit, active: 0, since: 0, ended: false };
    try {
      return await this.enter({ allowance }, work);
    } finally {
      allowance.ended = true;
    }
  }

  /** @throws CouldNotTell `store-unavailable` when the call is given up */
  async call<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit === undefined) return work();
    const { allowance } = this;
    const most = Math.min(this.limit, allowance === undefined ? Infinity : allowance.left - spent(allowance));
    if (most <= 0) throw late();
    if (allowance !== undefined && allowance.active++ === 0) allowance.since = ticks();
    let gaveUp = false;
    try {
      return await this.within(most, work, () => (gaveUp = true));
    } finally {
      if (allowance !== undefined) {
        const used = spent(allowance);
        if (--allowance.active === 0) allowance.left -= used;
        if (gaveUp) allowance.left = 0;
      }
    }
  }

  /** Work without a limit of its own, given up when the store no longer answers `ping`. */
  async whileAnswering<T>(ping: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
    if (this.limit === undefined) return work();
    const controller = new AbortController();
    let watch: NodeJS.Timeout | undefined;
    const gone = new Promise<never>((_resolve, reject) => {
      watch = setInterval(() => {
        this.within(this.limit as number, ping).catch((error: unknown) => {
          controller.abort(error);
          reject(error);
        });
      }, this.limit);
    });
    try {
      return await Promise.race([this.enter({ signal: controller.signal }, work), gone]);
    } finally {
      clearInterval(watch);
      gone.catch(() => undefined);
    }
  }

  /** Lets go of the contexts when the store is closed: Node would hand them on with each promise for ever. */
  close(): void {
    this.frames.disable();
  }

  private async within<T>(most: number, work: () => Promise<T>, onLate?: () => void): Promise<T> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = late();
        onLate?.();
        reject(error);
        controller.abort(error);
      }, most);
    });
    try {
      const running = this.enter({ signal: controller.signal }, work);
      running.catch(() => undefined);
      return await Promise.race([running, over]);
    } finally {
      clearTimeout(timer);
    }
  }
}
