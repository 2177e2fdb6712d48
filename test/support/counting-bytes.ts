import { MemoryBytes } from '../../src/store/embedded/memory-bytes.js';
import type {
  Change,
  CountedPart,
  Merged,
  MergeOptions,
  Range,
  Space,
  Way,
} from '../../src/store/embedded/bytes.js';

/** Bytes in memory that count what is read, and can be stopped by a test between two calls. */
export class CountingBytes extends MemoryBytes {
  /** Values of instances that were read, and entries of the index. */
  bodies = 0;
  entries = 0;
  /** Entries of the index that were read one after the other. */
  scanned = 0;
  /** Entries that were counted without being read. */
  counted = 0;
  /** Awaited before each call that reads. */
  before: () => Promise<void> = () => Promise.resolve();
  /** Awaited before each write. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();

  override async read(
    space: Space,
    keys: readonly string[],
    most?: number,
  ): Promise<(Uint8Array | undefined)[]> {
    await this.before();
    const found = await super.read(space, keys, most);
    if (space === 'instance') this.bodies += found.filter((bytes) => bytes !== undefined).length;
    return found;
  }

  override async merge(space: Space, ways: readonly Way[], options: MergeOptions): Promise<Merged> {
    await this.before();
    const found = await super.merge(space, ways, options);
    this.entries += found.entries.length;
    return found;
  }

  override async countEntries(
    space: Space,
    beginning: string,
    from: string,
    most: number,
  ): Promise<CountedPart> {
    await this.before();
    const part = await super.countEntries(space, beginning, from, most);
    this.counted += part.count;
    return part;
  }

  override async *scan(space: Space, range?: Range): AsyncIterable<readonly [string, Uint8Array]> {
    for await (const entry of super.scan(space, range)) {
      if (space === 'index') this.scanned++;
      yield entry;
    }
  }

  override async write(changes: readonly Change[]): Promise<void> {
    await this.beforeWrite();
    return super.write(changes);
  }
}
