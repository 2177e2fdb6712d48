import { Worker } from 'node:worker_threads';
import { PROGRAM, THREAD } from './thread.cjs';

/** An error of SQLite, or of its thread. */
export class EngineError extends Error {
  constructor(
    message: string,
    /** Name of the result, such as `SQLITE_FULL`. */
    readonly code: string | undefined,
    /** Its number, with the details. */
    readonly rawCode: number | undefined,
  ) {
    super(message);
  }
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string; readonly rawCode?: number };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The thread that has one database open. It keeps the process alive only while it owes an answer. */
export class EngineThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private ended: Error | undefined;

  /** @param file the database */
  constructor(file: string) {
    // The options of the process may be none for a thread.
    this.worker = new Worker(THREAD, { workerData: { program: PROGRAM, file }, execArgv: [] });
    this.worker.unref();
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', ({ message, code }: NodeJS.ErrnoException) => this.stop(message, code));
    this.worker.on('exit', () => this.stop('the thread of the database has ended', 'SQLITE_ENDED'));
  }

  ask<T>(command: string, ...values: readonly unknown[]): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(this.ended);
        return;
      }
      const id = ++this.last;
      if (this.waiting.size === 0) this.worker.ref();
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, command, values });
    }) as Promise<T>;
  }

  private settle({ id, value, error }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new EngineError(error.message, error.code, error.rawCode));
  }

  private stop(message: string, code?: string): void {
    this.ended ??= new EngineError(message, code, undefined);
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }

  /** Ends the thread, which releases the files and their lock. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
