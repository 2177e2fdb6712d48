import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import { ticks } from '../core/clock.js';
import { CouldNotTell } from '../core/errors.js';

/** Multiple of the limit of one call that a piece of work may wait for a slow store. A call that times out ends it. */
const TOTAL = 4;

/** How long a piece of work may still wait for its store, in milliseconds. */
interface Allowance {
  remaining: number;
  /** Calls in progress, and since when at least one is. */
  active: number;
  since: number;
  ended: boolean;
}

/** One call may run many driver operations at once, and each adds a listener: not a leak to warn about. */
function listenedTo(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** One AsyncLocalStorage for both, because Node copies each of them for every new promise. */
interface Frame {
  readonly signal?: AbortSignal;
  readonly allowance?: Allowance;
}

const late = (): CouldNotTell => new CouldNotTell('store-unavailable', 'The store did not answer in time.');

const spent = (allowance: Allowance): number => (allowance.active > 0 ? ticks() - allowance.since : 0);

/**
 * Limits the time that callers wait for a store: per call, and for all calls of one piece of work. The signal of a
 * timed-out call is aborted, so that nothing is sent after the timeout.
 */
export class CallLimits {
  private readonly frames = new AsyncLocalStorage<Frame>();

  /** @param limit per call, in milliseconds; missing: no limit */
  constructor(readonly limit?: number) {}

  /** The signal of the current call; it aborts when the call times out. */
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
   * Runs work whose calls may wait for four times the limit in total, and no longer at all once one of them has timed
   * out. Nested bounded work has its own limits.
   */
  async bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit === undefined) return work();
    const allowance: Allowance = { remaining: TOTAL * this.limit, active: 0, since: 0, ended: false };
    try {
      return await this.enter({ allowance }, work);
    } finally {
      allowance.ended = true;
    }
  }

  /** @throws CouldNotTell `store-unavailable` when the call times out */
  async call<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit === undefined) return work();
    const { allowance } = this;
    const most = Math.min(
      this.limit,
      allowance === undefined ? Infinity : allowance.remaining - spent(allowance),
    );
    if (most <= 0) throw late();
    if (allowance !== undefined && allowance.active++ === 0) allowance.since = ticks();
    let gaveUp = false;
    try {
      return await this.within(most, work, () => (gaveUp = true));
    } finally {
      if (allowance !== undefined) {
        const used = spent(allowance);
        if (--allowance.active === 0) allowance.remaining -= used;
        if (gaveUp) allowance.remaining = 0;
      }
    }
  }

  /** Runs work without a time limit; gives up when the store no longer answers `ping`. */
  async whileAnswering<T>(ping: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
    if (this.limit === undefined) return work();
    const controller = listenedTo();
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

  /** Releases the async contexts when the store is closed; otherwise Node copies them with each promise forever. */
  close(): void {
    this.frames.disable();
  }

  /**
   * Unlike `within` of the core, it also aborts the work, so that the driver ends the call. A process that stood still
   * for longer than the limit may have the answer without having read it: it gets one turn of the event loop to do so.
   */
  private async within<T>(most: number, work: () => Promise<T>, onLate?: () => void): Promise<T> {
    const controller = listenedTo();
    let timer: NodeJS.Timeout | undefined;
    let turn: NodeJS.Immediate | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      const giveUp = (): void => {
        const error = late();
        onLate?.();
        reject(error);
        controller.abort(error);
      };
      timer = setTimeout(() => (turn = setImmediate(giveUp)), most);
    });
    try {
      const running = this.enter({ signal: controller.signal }, work);
      running.catch(() => undefined);
      return await Promise.race([running, over]);
    } finally {
      clearTimeout(timer);
      clearImmediate(turn);
    }
  }
}
