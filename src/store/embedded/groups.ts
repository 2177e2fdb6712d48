import type { Change } from './bytes.js';
import { Serial } from './serial.js';

interface Waiting {
  readonly changes: readonly Change[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Maximum size of a group in bytes; a single write may be larger. */
const MOST = 8_000_000;

/** Size of the values in bytes. */
export const sizeOf = (changes: readonly Change[]): number =>
  changes.reduce((size, { bytes }) => size + (bytes?.length ?? 0), 0);

/** Combines the writes that arrive during another write, so that they cost one flush of the disk together. */
export class Groups {
  private readonly serial = new Serial();
  private waiting: Waiting[] = [];

  /** @param commit writes the changes of a group in order: all or none */
  constructor(private readonly commit: (changes: readonly Change[]) => Promise<void>) {}

  write(changes: readonly Change[]): Promise<void> {
    return new Promise<void>((done, failed) => {
      this.waiting.push({ changes, done, failed });
      void this.exclusive(() => this.flush());
    });
  }

  /** Runs a task while nothing is written. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.serial.run('', task);
  }

  private take(): Waiting[] {
    let size = 0;
    const end = this.waiting.findIndex(({ changes }, i) => {
      const full = i > 0 && size >= MOST;
      size += sizeOf(changes);
      return full;
    });
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private async flush(): Promise<void> {
    const group = this.take();
    if (group.length === 0) return;
    try {
      await this.commit(group.flatMap(({ changes }) => changes));
      for (const { done } of group) done();
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }
}
