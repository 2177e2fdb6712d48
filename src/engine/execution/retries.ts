import { messageOf } from '../../core/thrown.js';
import type { Contexts } from './context.js';
import { isTransient } from './transient.js';
import type { GuardLogger } from '../contract/types.js';

/** Pauses between tries, in milliseconds: the first is doubled up to the maximum. */
const BACKOFF = { first: 200, most: 5000 };

type Facts = Readonly<Record<string, unknown>>;

/**
 * Background work. If an outage of the store or another lock prevents it, it is retried later, outside
 * any caller's context.
 */
export class Retries {
  private readonly waiting = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly contexts: Contexts,
    private readonly logger: GuardLogger,
  ) {}

  /** Does the work; never rejects. Retries until it is done or has failed for good. */
  async attempt(what: string, work: () => Promise<unknown>, facts: Facts = {}): Promise<void> {
    await this.tryOnce(what, work, facts, 0);
  }

  /** The same, with the first try after a pause in milliseconds. */
  later(what: string, work: () => Promise<unknown>, facts: Facts = {}, pause = BACKOFF.first): void {
    this.wait(what, work, facts, pause, 0);
  }

  /** Stops all retries. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.waiting) clearTimeout(timer);
    this.waiting.clear();
  }

  private async tryOnce(
    what: string,
    work: () => Promise<unknown>,
    facts: Facts,
    failures: number,
  ): Promise<void> {
    try {
      await work();
      if (failures > 0) this.logger.info(`${what} has succeeded after a retry`, facts);
    } catch (error) {
      if (this.stopped) return;
      if (!isTransient(error))
        return this.logger.error(`${what} failed`, { ...facts, error: messageOf(error) });
      if (failures === 0) this.logger.warn(`${what} will be retried`, { ...facts, error: messageOf(error) });
      this.wait(what, work, facts, Math.min(BACKOFF.first * 2 ** failures, BACKOFF.most), failures + 1);
    }
  }

  private wait(
    what: string,
    work: () => Promise<unknown>,
    facts: Facts,
    pause: number,
    failures: number,
  ): void {
    if (this.stopped) return;
    this.contexts.outside(() => {
      const next = (): void => {
        this.waiting.delete(timer);
        void this.tryOnce(what, work, facts, failures);
      };
      const timer = setTimeout(next, pause * (0.75 + Math.random() / 2));
      timer.unref();
      this.waiting.add(timer);
    });
  }
}
