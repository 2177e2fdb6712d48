import { today } from '../../../core/clock.js';
import { asError } from '../../../core/thrown.js';
import { bpmn } from '../host.js';

/** The host's logger without its own memory: a message goes only to the instance's log. */
export class QuietLogger extends bpmn.Logger {
  constructor(private readonly keep: () => boolean) {
    super({ toConsole: false, toFile: '', callback: null as never });
  }

  override msg(message: unknown, type = 'log'): never {
    return { date: today(), message, type, level: this.level } as never;
  }

  /** Formats only what is kept: the host would turn whole items and data into text at every step. */
  override toString(...args: unknown[]): string {
    return this.keep() ? super.toString(...(args as never[])) : '';
  }

  override reportError(): void {
    // Errors reach the caller; upstream also prints them with their stack.
  }

  /** bpmn-server wraps the error in a new one; rethrowing the original keeps its code. */
  override error(error: unknown): never {
    throw asError(error);
  }

  override async saveForInstance(): Promise<void> {
    // Upstream appends to a file if the environment names a folder; here the log is stored with the instance.
  }
}
