import type { Bytes, Change, Space } from './bytes.js';
import { copy, decode, encode } from '../bson/codec.js';
import { Serial } from './serial.js';

/** A small set of documents by key, all in memory. Returned documents are copies. */
export class Table<T extends object> {
  private readonly rows = new Map<string, T>();
  private readonly serial = new Serial();

  constructor(
    private readonly bytes: Bytes,
    private readonly space: Space,
  ) {}

  /** Loads the stored documents. Call it once, before any other method. */
  async open(): Promise<void> {
    for await (const [key, bytes] of this.bytes.scan(this.space)) this.rows.set(key, decode<T>(bytes));
  }

  get(key: string): T | undefined {
    return copy(this.rows.get(key));
  }

  /** The rows themselves: do not change them or pass them on. */
  entries(): IterableIterator<[string, T]> {
    return this.rows.entries();
  }

  /** Runs a task that no other `exclusive` task of the table overlaps. */
  exclusive<R>(task: () => Promise<R>): Promise<R> {
    return this.serial.run('', task);
  }

  /** Writes rows, and deletes those given as undefined, atomically. Copies them before it returns. */
  async write(rows: readonly (readonly [key: string, row: T | undefined])[]): Promise<void> {
    const changes: Change[] = rows.map(([key, row]) => ({
      space: this.space,
      key,
      bytes: row === undefined ? undefined : encode(row),
    }));
    await this.bytes.write(changes);
    for (const { key, bytes } of changes) {
      if (bytes === undefined) this.rows.delete(key);
      else this.rows.set(key, decode<T>(bytes));
    }
  }
}
