import { today } from '../../core/clock.js';
import { bpmn } from '../model/host.js';

/** The host's logger without its memory: a message goes into the instance's own log, and nowhere else. */
export class QuietLogger extends bpmn.Logger {
  constructor(private readonly keep: () => boolean) {
    super({ toConsole: false, toFile: '', callback: null as never });
  }

  override msg(message: unknown, type = 'log'): never {
    return { date: today(), message, type, level: this.level } as never;
  }

  /** Formats only what is kept: the host turns whole items and data into text at every step. */
  override toString(...args: unknown[]): string {
    return this.keep() ? super.toString(...(args as never[])) : '';
  }

  override reportError(): void {
    // Errors reach the caller; upstream prints them with their stack.
  }

  /** bpmn-server wraps what it is given into a new error; the original keeps its code. */
  override error(error: unknown): never {
    throw error instanceof Error ? error : new Error(String(error));
  }

  override async saveForInstance(): Promise<void> {
    // Upstream appends to a file where the environment names a folder; the log is with the instance.
  }
}
