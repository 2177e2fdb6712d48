import type { Store } from '../../store/port.js';
import type { Attempts } from './attempts.js';
import { attemptOf, changeStart, idOfStart, type TimedStart } from './held-starts.js';
import type { InstanceLocks, Release } from './locks.js';
import type { Retries } from './retries.js';
import { isOutage } from './transient.js';

interface Running {
  users: number;
  readonly lock: Promise<Release>;
}

/**
 * Timer starts of models, each recorded with its model before it begins. While a start runs, this process holds a
 * lock of that name, so that others can tell a long start from one whose process has ended.
 */
export class StartAttempts {
  private readonly running = new Map<string, Running>();

  constructor(
    private readonly store: Store,
    private readonly locks: InstanceLocks,
    private readonly attempts: Attempts,
    private readonly retries: Retries,
  ) {}

  /** Does the work, unless it is held because processes ended during it. */
  async run(place: TimedStart, work: () => Promise<unknown>): Promise<void> {
    const id = idOfStart(place);
    const running = await this.enter(id);
    let failure: unknown;
    try {
      const model = await this.store.models.get(place.name, place.owner);
      const isSuspect = model !== undefined && this.attempts.isOfOther(attemptOf(model, place.elementId));
      const go = async (): Promise<unknown> => (await this.begin(place, isSuspect)) && work();
      await (isSuspect ? this.attempts.alone(go) : go());
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await this.leave(id, running, place, failure);
    }
  }

  /** Overlapping starts at one event within this process share the lock. */
  private async enter(id: string): Promise<Running> {
    const running = this.running.get(id) ?? { users: 0, lock: this.locks.lock(id) };
    running.users++;
    this.running.set(id, running);
    try {
      await running.lock;
    } catch (error) {
      if (this.running.get(id) === running) this.running.delete(id);
      throw error;
    }
    return running;
  }

  private async begin(place: TimedStart, alone: boolean): Promise<boolean> {
    let before: unknown;
    const attempt = await changeStart(this.store, place, (known) => {
      before = known;
      return this.attempts.next(known, 'start', alone, place.elementId) ?? known;
    });
    if (attempt === undefined || attempt === before) return false;
    if (attempt.held === true) this.attempts.warn(attempt, { model: place.name });
    return attempt.held !== true;
  }

  /**
   * The last one to leave removes the attempt, whatever the outcome, since the process is still running. Never
   * rejects.
   */
  private async leave(id: string, running: Running, place: TimedStart, failure: unknown): Promise<void> {
    if (--running.users > 0) return;
    this.running.delete(id);
    const forget = (): Promise<unknown> =>
      changeStart(this.store, place, (known) =>
        known?.held === true || this.attempts.isOfOther(known) ? known : undefined,
      );
    if (!isOutage(failure))
      await this.retries.attempt('removing a start attempt', forget, { model: place.name });
    await (
      await running.lock
    )(failure);
  }
}
