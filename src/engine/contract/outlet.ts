import { messageOf } from '../../core/thrown.js';
import { AsyncLocalStorage } from 'node:async_hooks';
import { within } from '../../core/within.js';
import type { GuardLogger } from './types.js';
import type { Incidents } from './incidents.js';

/** Maximum queue length for a slow receiver; further entries are dropped and counted. */
const WAITING_MOST = 1000;
/** Time limit of a receiver per entry, in milliseconds. */
const TIME_MOST = 5000;

/**
 * Passes entries to code of the application, one after the other and independent of the calls they describe: a
 * receiver that throws, hangs or is slow neither fails nor delays a call.
 */
export class Outlet<T> {
  private readonly waiting: T[] = [];
  private draining: Promise<void> | undefined;
  /** Entries dropped since the receiver last caught up. */
  private dropped = 0;
  /** The receiver runs outside the context of the caller whose entry happened to be first. */
  private readonly outside = AsyncLocalStorage.snapshot();

  /** @param name its name in the log */
  constructor(
    private readonly name: string,
    private readonly receive: (entry: T) => unknown,
    private readonly incidents: Incidents,
  ) {}

  push(entry: T): void {
    if (this.waiting.length >= WAITING_MOST) {
      if (this.dropped++ === 0)
        this.incidents.record(
          'dropped',
          `${this.name} lags behind; entries are dropped`,
          new Error('too slow'),
        );
      else this.incidents.count('dropped');
      return;
    }
    this.waiting.push(entry);
    this.draining ??= this.drain();
  }

  private async drain(): Promise<void> {
    await Promise.resolve();
    for (let entry = this.waiting.shift(); entry !== undefined; entry = this.waiting.shift()) {
      await this.deliver(entry);
      if (this.waiting.length === 0) this.dropped = 0;
    }
    this.draining = undefined;
  }

  private async deliver(entry: T): Promise<void> {
    try {
      await within(
        TIME_MOST,
        this.outside(async () => this.receive(entry)),
      );
    } catch (error) {
      this.incidents.record('notification', `${this.name} failed`, error);
    }
  }

  /** Resolves when all entries have been passed on, each within its time limit. */
  async flushed(): Promise<void> {
    while (this.draining !== undefined) await this.draining;
  }
}

/** Wraps the application's logger, so that it can neither fail nor delay the work that logs. */
export function safeLogger(logger: GuardLogger): GuardLogger {
  // Nowhere else is left to report it.
  const failed = (error: unknown): void =>
    process.emitWarning(`The logger of bpmn-guard failed: ${messageOf(error)}`);
  const guard =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, facts?: Record<string, unknown>): void => {
      try {
        // A promise of any library, which may reject.
        Promise.resolve(logger[level](message, facts) as unknown).catch(failed);
      } catch (error) {
        failed(error);
      }
    };
  return Object.freeze({ info: guard('info'), warn: guard('warn'), error: guard('error') });
}
