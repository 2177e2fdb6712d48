import type { Readable } from 'node:stream';

/** Where a command reads and writes; the process's own, or a test's. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Results, one line at a time. */
  out(line: string): void;
  /** Progress, questions and errors, one line at a time. */
  err(line: string): void;
  /** Where options that are not given are read from; missing: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user interrupts; without it an interruption ends the process. */
  onInterrupt(): { readonly signal: AbortSignal; done(): void };
}

/** The command line is not understood: exit code 2. */
export class UsageError extends Error {}
