import type { Bytes, Change, Space } from './bytes.js';
import { copy, decode, encode } from '../bson/codec.js';
import { Serial } from './serial.js';

/** A small set of documents by key, all of them in memory. What it gives is a copy. */
export class Table<T extends object> {
  private readonly rows = new Map<string, T>();
  private readonly serial = new Serial();

  constructor(
    private readonly bytes: Bytes,
    private readonly space: Space,
  ) {}

  /** Reads what is stored; once, before anything else. */
  async open(): Promise<void> {
    for await (const [key, bytes] of this.bytes.scan(this.space)) this.rows.set(key, decode<T>(bytes));
  }

  get(key: string): T | undefined {
    return copy(this.rows.get(key));
  }

  /** The rows themselves: not to be changed, not to be given away. */
  entries(): IterableIterator<[string, T]> {
    return this.rows.entries();
  }

  /** Runs a task that nobody else's `exclusive` of the table overlaps. */
  exclusive<R>(task: () => Promise<R>): Promise<R> {
    return this.serial.run('', task);
  }

  /** Writes rows, deletes those given as undefined, in one step. Copies before it returns. */
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
