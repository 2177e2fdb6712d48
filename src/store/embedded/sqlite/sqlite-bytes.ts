import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { endOf, SPACES, type Change, type CountedPart, type Merged, type MergeOptions } from '../bytes.js';
import type { OrderedBytes, Range, Space, Way } from '../bytes.js';
import type { Summed, Summing } from '../checked-bytes.js';
import { loadOptional } from '../../optional-package.js';
import { openingFailed, readingFailed } from '../failure.js';
import { privateFiles } from '../private-folder.js';
import { withCause } from './cause.js';
import { EngineThread } from './engine-thread.js';
import { DATABASE } from './names.js';

/** Separates space and key; the next character is the upper bound of a space. */
const BETWEEN = '!';
const AFTER = '"';
/** Behind the names of all spaces. */
const LAST = '~';

const PACKAGE = { name: 'libsql', version: 0.5, neededBy: 'A store in a folder' };

/** Loads SQLite on demand. @throws BadInput `bad-configuration` when it cannot be loaded */
export const loadSqlite = (): Promise<unknown> => loadOptional(PACKAGE, () => import('libsql'));

type Row<Value> = readonly [key: string, value: Value];
interface Page<Value> {
  readonly rows: readonly Row<Value>[];
  readonly isLast: boolean;
}

const keyOf = (space: Space, key: string): string => space + BETWEEN + key;
/** Without the rest of a larger buffer, which would be copied to the thread. */
const alone = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);

/** Values of so many bytes cross the thread as numbers, which cost less than buffers. */
const SHORT = 4;

const sent = (bytes: Uint8Array): Uint8Array | number =>
  bytes.length === SHORT ? new DataView(bytes.buffer, bytes.byteOffset, SHORT).getUint32(0) : alone(bytes);

function received(value: Uint8Array | number): Uint8Array {
  if (typeof value !== 'number') return value;
  const bytes = new Uint8Array(SHORT);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

interface Sent {
  readonly way: number;
  readonly entries: readonly (readonly [at: number, rest: string, value: Uint8Array | number])[];
}

/** Bytes in a folder, in an SQLite database whose log is flushed by every write. */
export class SqliteBytes implements OrderedBytes, Summing {
  private scans = 0;

  private constructor(
    private readonly folder: string,
    private readonly thread: EngineThread,
    private readonly isReadOnly: boolean,
  ) {}

  /**
   * Opens the database of a folder; creates it if it is missing.
   * @param onDamage is awaited before damaged files are closed
   * @param isChecked whether the structure of the whole file is checked, which takes as long as reading it
   * @param isReadOnly for a database without a log: neither it nor its folder is written to, and nothing is locked
   * @throws CouldNotTell `store-in-use` when another process has it open; `store-damaged`, `store-unavailable`
   * @throws BadInput `bad-configuration` when libsql cannot be loaded, or the files cannot be read and written
   */
  static async open(
    folder: string,
    onDamage?: () => Promise<void>,
    isChecked = true,
    isReadOnly = false,
  ): Promise<SqliteBytes> {
    await loadSqlite();
    const thread = new EngineThread(path.join(folder, DATABASE));
    try {
      await thread.ask('open', isChecked, isReadOnly);
      if (!isReadOnly) await privateFiles(folder);
      return new SqliteBytes(folder, thread, isReadOnly);
    } catch (cause) {
      const error = openingFailed(await withCause(folder, cause, isReadOnly));
      if (error.code === 'store-damaged') await onDamage?.();
      await thread.end();
      throw error;
    }
  }

  private async ask<T>(command: string, ...values: readonly unknown[]): Promise<T> {
    try {
      return await this.thread.ask<T>(command, ...values);
    } catch (cause) {
      throw await withCause(this.folder, cause, this.isReadOnly);
    }
  }

  private async reading<T>(command: string, ...values: readonly unknown[]): Promise<T> {
    try {
      return await this.ask<T>(command, ...values);
    } catch (cause) {
      throw readingFailed(cause);
    }
  }

  async read(space: Space, keys: readonly string[], most = Infinity): Promise<(Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    const all = keys.map((key) => keyOf(space, key));
    return this.reading('read', all, most);
  }

  async sums(places: readonly string[]): Promise<(number | null | undefined)[]> {
    return places.length === 0 ? [] : this.reading('sums', places);
  }

  async merge(space: Space, ways: readonly Way[], { below, most }: MergeOptions): Promise<Merged> {
    const all = ways.map((way) => way.map((beginning) => keyOf(space, beginning)));
    const { way, entries } = await this.reading<Sent>('merge', all, below, most);
    return { way, entries: entries.map(([at, rest, value]) => [at, rest, received(value)] as const) };
  }

  async countEntries(space: Space, beginning: string, from: string, most: number): Promise<CountedPart> {
    const [first, end] = [keyOf(space, from), keyOf(space, endOf(beginning))];
    const { count, next } = await this.reading<CountedPart>('count', first, end, most);
    return { count, next: next?.slice(keyOf(space, '').length) };
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ space, key, bytes }) => [keyOf(space, key), bytes && sent(bytes)]);
    await this.ask('write', rows);
  }

  private async *rows<Value = Uint8Array>(
    from: string,
    below: string,
    isReverse: boolean,
    next: 'next' | 'nextSums' = 'next',
  ): AsyncGenerator<Row<Value>> {
    const id = ++this.scans;
    let page: Page<Value> | undefined;
    try {
      page = await this.ask<Page<Value>>('scan', next, id, from, below, isReverse);
      for (;;) {
        yield* page.rows;
        if (page.isLast) return;
        page = await this.ask<Page<Value>>('next', next, id);
      }
    } catch (cause) {
      throw readingFailed(cause);
    } finally {
      if (page?.isLast !== true) await this.ask('drop', id).catch(() => undefined);
    }
  }

  async *scan(
    space: Space,
    { reverse = false, from = '', below }: Range = {},
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const end = below === undefined ? space + AFTER : keyOf(space, below);
    for await (const [key, bytes] of this.rows(keyOf(space, from), end, reverse))
      yield [key.slice(space.length + BETWEEN.length), bytes];
  }

  async *scanSums(space: Space, from: string): AsyncIterable<readonly [string, Summed]> {
    const rows = this.rows<Summed>(keyOf(space, from), space + AFTER, false, 'nextSums');
    for await (const [key, summed] of rows) yield [key.slice(space.length + BETWEEN.length), summed];
  }

  async *snapshot(): AsyncIterable<Change> {
    for await (const [key, bytes] of this.rows('', LAST, false)) {
      const space = SPACES.find((one) => key.startsWith(one + BETWEEN));
      if (space !== undefined) yield { space, key: key.slice(space.length + BETWEEN.length), bytes };
    }
  }

  async close(): Promise<void> {
    try {
      await this.ask('close');
    } finally {
      await this.thread.end();
      await chmod(path.join(this.folder, DATABASE), 0o600).catch(() => undefined);
    }
  }
}
