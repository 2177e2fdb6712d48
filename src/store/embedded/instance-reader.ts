import type { Work } from '../bson/budget.js';
import type { OrderedBytes } from './bytes.js';
import { damaged, nameOf } from './checksum.js';
import { beginning, quoted } from './index-entries.js';
import { storedIn, type Stored } from './instance-bytes.js';
import { InstanceCache } from './instance-cache.js';
import type { Serial } from './serial.js';

/** Instances, and their bytes, that are read at once. */
const AHEAD = { instances: 256, bytes: 2_000_000 };
/** Steps for reading an instance from the disk, and bytes of it per further step. */
const READING = 40;
const BYTES_PER_STEP = 64;

/** Steps for reading an instance with so many bytes. */
export const stepsToRead = (bytes: number): number => READING + Math.ceil(bytes / BYTES_PER_STEP);

/** Instances that a list reads one after the other, some of them ahead. */
interface Ahead {
  readonly found: Map<string, Uint8Array>;
  readonly missing: Set<string>;
  /** Written since the reading began. */
  readonly written: Set<string>;
  readonly amongAll: boolean;
}

/** Reads instances, and keeps those that were used last in memory. */
export class InstanceReader {
  private readonly cache: InstanceCache;
  private readonly reading = new Set<Ahead>();

  /**
   * @param serial runs all writes of an instance one after the other
   * @param memory bytes of memory for instances
   */
  constructor(
    private readonly bytes: OrderedBytes,
    private readonly serial: Serial,
    memory: number,
  ) {
    this.cache = new InstanceCache(memory);
  }

  /** Takes note of a write. @param now missing when the instance was removed, or it is unknown what is stored */
  written(id: string, now: Stored | undefined): void {
    if (now === undefined) this.cache.delete(id);
    else this.cache.set(now);
    for (const { found, missing, written } of this.reading) {
      found.delete(id);
      missing.delete(id);
      written.add(id);
    }
  }

  /**
   * Reads one instance. Call it where nothing else is written to it.
   * @throws CouldNotTell `store-damaged` when the index has it and it is not there
   */
  async get(id: string): Promise<Stored | undefined> {
    const cached = this.cache.get(id);
    if (cached !== undefined) return cached;
    const [bytes] = await this.bytes.read('instance', [id]);
    if (bytes !== undefined) return this.keep(bytes);
    if (await this.isListed(id)) throw damaged(`${nameOf('instance', id)} is missing`);
    return undefined;
  }

  /** Does something with an instance as it is now, while nothing is written to it. */
  alone<T>(id: string, task: (now: Stored | undefined) => Promise<T>): Promise<T> {
    return this.serial.run(id, async () => task(await this.get(id)));
  }

  /** Tells whether an instance is there. Call it where nothing else is written to it. */
  async has(id: string): Promise<boolean> {
    if (this.cache.has(id)) return true;
    const [[bytes], isListed] = await Promise.all([this.bytes.read('instance', [id]), this.isListed(id)]);
    return bytes !== undefined || isListed;
  }

  private async isListed(id: string): Promise<boolean> {
    const { entries } = await this.bytes.merge('index', [[beginning('id', quoted(id))]], { most: 1 });
    return entries.length > 0;
  }

  private keep(bytes: Uint8Array, amongAll = false): Stored {
    const stored = storedIn(bytes);
    if (amongAll) this.cache.offer(stored);
    else this.cache.set(stored);
    return stored;
  }

  /**
   * Reads instances one after the other, each as it is then; leaves out those that are no longer there.
   * @param amongAll whether all that match are read, so that they do not displace those that were used last
   */
  async *each(ids: readonly string[], work: Work, amongAll = false): AsyncGenerator<Stored> {
    const ahead: Ahead = { found: new Map(), missing: new Set(), written: new Set(), amongAll };
    this.reading.add(ahead);
    try {
      for (const [at, id] of ids.entries()) {
        const stored = this.cache.get(id) ?? (await this.next(ids, at, ahead, work));
        if (stored !== undefined) yield stored;
      }
    } finally {
      this.reading.delete(ahead);
    }
  }

  private async next(
    ids: readonly string[],
    at: number,
    ahead: Ahead,
    work: Work,
  ): Promise<Stored | undefined> {
    const id = ids[at] as string;
    for (;;) {
      const bytes = ahead.found.get(id);
      if (bytes !== undefined) {
        work.spend(stepsToRead(bytes.length));
        ahead.found.delete(id);
        return this.keep(bytes, ahead.amongAll);
      }
      // Removed since the list was read, or lost.
      if (ahead.missing.has(id)) return this.serial.run(id, () => this.get(id));
      await this.readAhead(ids, at, ahead);
      const cached = this.cache.get(id);
      if (cached !== undefined) return cached;
    }
  }

  private async readAhead(
    ids: readonly string[],
    at: number,
    { found, missing, written }: Ahead,
  ): Promise<void> {
    const wanted: string[] = [];
    for (let i = at; i < ids.length && wanted.length < AHEAD.instances; i++) {
      const id = ids[i] as string;
      if (!this.cache.has(id) && !found.has(id)) wanted.push(id);
    }
    written.clear();
    const values = await this.bytes.read('instance', wanted, AHEAD.bytes);
    for (const [i, bytes] of values.entries()) {
      const id = wanted[i] as string;
      if (written.has(id)) continue;
      if (bytes === undefined) missing.add(id);
      else found.set(id, bytes);
    }
  }
}
