import { messageOf } from '../../core/thrown.js';
import { wallClock } from '../../core/clock.js';
import type { GuardLogger } from '../contract/types.js';
import type { DataPaths } from './data-paths.js';
import type { ModelTimers } from './model-timers.js';
import type { Recovery } from './recovery.js';
import type { Timers } from './timers.js';

/**
 * Where several processes share a store, each regularly looks for what an ended process left: overdue timers,
 * models whose timers are armed nowhere else, unfinished work; and which data others have begun to mark.
 */
export class Takeover {
  private round = Promise.resolve();

  /** @param every milliseconds between two looks; a timer is overdue after half of that */
  constructor(
    private readonly timers: Timers,
    private readonly modelTimers: ModelTimers,
    private readonly recovery: Recovery,
    private readonly dataPaths: DataPaths,
    private readonly logger: GuardLogger,
    private readonly every: number,
  ) {}

  /** Looks repeatedly until the timers are stopped. */
  start(): void {
    this.timers.after(this.every, () => (this.round = this.look()));
  }

  /** Resolves when the current look has ended; never rejects. */
  ended(): Promise<void> {
    return this.round;
  }

  private async look(): Promise<void> {
    try {
      await this.timers.takeOver(new Date(wallClock() - this.every / 2));
      await this.modelTimers.resume();
      await this.recovery.takeOver();
      await this.dataPaths.refresh();
    } catch (error) {
      this.logger.warn('could not look for work left by other processes', {
        error: messageOf(error),
      });
    }
    this.start();
  }
}
