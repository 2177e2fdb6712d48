import { watch, type FSWatcher } from 'node:fs';

/** Files are written in steps; a folder is read after this many milliseconds without a change. */
const QUIET = 200;

/** Reads a folder again after each change in it, one reading after the other. */
export class FolderWatch {
  private watcher: FSWatcher | undefined;
  private soon: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param failed receives the errors of watching and of `read` */
  constructor(
    private readonly read: (folder: string) => Promise<void>,
    private readonly failed: (folder: string, error: unknown) => void,
  ) {}

  /** Begins; the process may end while the folder is watched. */
  start(folder: string): void {
    try {
      this.watcher = watch(folder, { persistent: false }, () => {
        clearTimeout(this.soon);
        this.soon = setTimeout(() => this.readSoon(folder), QUIET).unref();
      });
      this.watcher.on('error', (error) => this.failed(folder, error));
    } catch (error) {
      this.failed(folder, error);
    }
  }

  private readSoon(folder: string): void {
    this.running = this.running
      .then(() => this.read(folder))
      .catch((error: unknown) => this.failed(folder, error));
  }

  /** Stops watching, and waits for a read that has begun. */
  async stop(): Promise<void> {
    this.watcher?.close();
    clearTimeout(this.soon);
    await this.running;
  }
}
