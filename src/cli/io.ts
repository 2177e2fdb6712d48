import type { Readable } from 'node:stream';

/** Streams of a command: the process's own, or a test's. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Results, one line at a time. */
  out(line: string): void;
  /**
   * Writes a result that cannot be shown again, alone on its line.
   * @throws the error if it cannot be written
   */
  handOver(line: string): Promise<void>;
  /** Progress, questions and errors, one line at a time. */
  err(line: string): void;
  /** The environment for missing options; default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user interrupts. Without it, an interrupt ends the process. */
  onInterrupt(): { readonly signal: AbortSignal; done(): void };
}

/** The command line is not understood, whatever it is about: exit code 2. */
export class UsageError extends Error {}

/** What the command line names is not there, or is not as the command needs it: exit code 1. */
export class NotDone extends Error {}

/** A number of things, in words. @param what one of them */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
