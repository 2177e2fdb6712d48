import { AsyncLocalStorage } from 'node:async_hooks';
import type { GuardLogger } from './types.js';
import { messageOf, type Incidents } from './incidents.js';
import { within } from './within.js';

/** Entries that wait for a slow receiver; what comes when there are as many is dropped and counted. */
const WAITING_MOST = 1000;
/** How long a receiver may take for one entry, in milliseconds. */
const TIME_MOST = 5000;

/**
 * Hands entries to code of the application, one after the other and apart from the calls that they tell of: a receiver
 * that throws, hangs or lags behind neither fails nor delays a call.
 */
export class Outlet<T> {
  private readonly waiting: T[] = [];
  private draining: Promise<void> | undefined;
  /** How many were dropped since the receiver last caught up. */
  private dropped = 0;
  /** The receiver acts for nobody: it is not run in the context of whoever happened to be first in line. */
  private readonly outside = AsyncLocalStorage.snapshot();

  /** @param name what it is, for the log */
  constructor(
    private readonly name: string,
    private readonly receive: (entry: T) => unknown,
    private readonly incidents: Incidents,
  ) {}

  push(entry: T): void {
    if (this.waiting.length >= WAITING_MOST) {
      if (this.dropped++ === 0)
        this.incidents.note(
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
      await this.hand(entry);
      if (this.waiting.length === 0) this.dropped = 0;
    }
    this.draining = undefined;
  }

  private async hand(entry: T): Promise<void> {
    try {
      await within(
        TIME_MOST,
        this.outside(async () => this.receive(entry)),
      );
    } catch (error) {
      this.incidents.note('notification', `${this.name} failed`, error);
    }
  }

  /** Resolves when all entries have been handed over, each within its time. */
  async flushed(): Promise<void> {
    while (this.draining !== undefined) await this.draining;
  }
}

/** The application's logger, which neither fails nor holds up what is logged, whatever it does. */
export function safeLogger(logger: GuardLogger): GuardLogger {
  const guard =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, facts?: Record<string, unknown>): void => {
      try {
        const answer: unknown = logger[level](message, facts);
        if (answer instanceof Promise) answer.catch(() => undefined);
      } catch (error) {
        // Nowhere is left to tell of it but here.
        process.emitWarning(`The logger of bpmn-guard failed: ${messageOf(error)}`);
      }
    };
  return Object.freeze({ info: guard('info'), warn: guard('warn'), error: guard('error') });
}
