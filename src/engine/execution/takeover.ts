import { wallClock } from '../../core/clock.js';
import type { GuardLogger } from '../contract/types.js';
import type { ModelTimers } from './model-timers.js';
import type { Recovery } from './recovery.js';
import type { Timers } from './timers.js';

/**
 * Where several processes share a store, each looks now and then for what another left when it ended: timers that are
 * overdue, models whose timers are armed nowhere else, work that was not finished.
 */
export class Takeover {
  private round = Promise.resolve();

  /** @param every milliseconds between two looks; a timer is overdue after half of that */
  constructor(
    private readonly timers: Timers,
    private readonly modelTimers: ModelTimers,
    private readonly recovery: Recovery,
    private readonly logger: GuardLogger,
    private readonly every: number,
  ) {}

  /** Looks again and again, until the timers are stopped. */
  start(): void {
    this.timers.after(this.every, () => (this.round = this.look()));
  }

  /** Resolves when the look that is under way has ended; never rejects. */
  ended(): Promise<void> {
    return this.round;
  }

  private async look(): Promise<void> {
    try {
      await this.timers.takeOver(new Date(wallClock() - this.every / 2));
      await this.modelTimers.resume();
      await this.recovery.takeOver();
    } catch (error) {
      this.logger.warn('what other processes have left could not be looked for', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
    this.start();
  }
}
