import { watch, type FSWatcher } from 'node:fs';

/** Files are written in steps; a folder is read after this many milliseconds without a change. */
const QUIET = 200;
/** Pauses before a reading is tried again, in milliseconds: the first is doubled up to the most. */
const AGAIN = { first: 500, most: 5000 };

/**
 * Reads a folder again after each change in it, one reading after the other. A reading that a passing failure ended, as
 * of a store that does not answer, is tried again until it is done.
 */
export class FolderWatch {
  private watcher: FSWatcher | undefined;
  private soon: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private failures = 0;
  private stopped = false;

  /**
   * @param failed receives the errors of watching and of `read`
   * @param mayPass whether an error of `read` may pass by itself
   */
  constructor(
    private readonly read: (folder: string) => Promise<void>,
    private readonly failed: (folder: string, error: unknown) => void,
    private readonly mayPass: (error: unknown) => boolean,
  ) {}

  /** Begins; the process may end while the folder is watched. */
  start(folder: string): void {
    try {
      this.watcher = watch(folder, { persistent: false }, () => this.readIn(folder, QUIET));
      this.watcher.on('error', (error) => this.failed(folder, error));
    } catch (error) {
      this.failed(folder, error);
    }
  }

  private readIn(folder: string, pause: number): void {
    if (this.stopped) return;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      this.running = this.running.then(() => this.readNow(folder));
    }, pause).unref();
  }

  private async readNow(folder: string): Promise<void> {
    try {
      await this.read(folder);
      this.failures = 0;
    } catch (error) {
      this.failed(folder, error);
      if (this.mayPass(error)) this.readIn(folder, Math.min(AGAIN.first * 2 ** this.failures++, AGAIN.most));
    }
  }

  /** Stops watching, and waits for a read that has begun. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.watcher?.close();
    clearTimeout(this.soon);
    await this.running;
  }
}
