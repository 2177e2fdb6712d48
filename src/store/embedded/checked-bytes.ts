import { isDocument } from '../bson/kind.js';
import { decode, encode } from '../bson/codec.js';
import type { Bytes, Change, CountedPart, Merged, MergeOptions, OrderedBytes } from './bytes.js';
import type { Range, Space, Way } from './bytes.js';
import { damaged, nameOf, NO_BYTES, placeOf, seal, unseal } from './checksum.js';
import { assertSame, NO_COMMIT, Tally, type Commit } from './commit.js';
import { Examination, type Counted, type Examined } from './examination.js';

const COMMIT = 'commit';

/** The size in bytes and the checksum of a value; null: it is not what was written. */
export type Summed = readonly [size: number, sum: number | null];

/** Storage that tells checksums without passing on the values. */
export interface Summing {
  /** Undefined for a value that is not there, null for one that is not what was written. */
  sums(places: readonly string[]): Promise<(number | null | undefined)[]>;
  /** In key order from a key on, as `scan`. */
  scanSums(space: Space, from: string): AsyncIterable<readonly [key: string, summed: Summed]>;
}

type Place = Pick<Change, 'space' | 'key'>;

/**
 * Bytes with a checksum of every value, and in every commit of all values together. Reading a damaged value fails. What
 * was lost or is outdated is found by an examination of all values. One write at a time.
 */
export class CheckedBytes implements OrderedBytes {
  private last: Commit = NO_COMMIT;
  private examination: Examination | undefined;

  constructor(private readonly disk: Bytes & Partial<OrderedBytes & Summing>) {}

  /** The stored commit. */
  get commit(): Commit {
    return this.last;
  }

  /** Reads the stored commit. Call it once, before any other method. @returns false when there is none */
  async open(): Promise<boolean> {
    const [bytes] = await this.disk.read('format', [COMMIT]);
    if (bytes !== undefined) this.last = readCommit(this.opened('format', COMMIT, bytes).value);
    return bytes !== undefined;
  }

  /**
   * Begins to examine all values, in parts: nothing may be written during one of them.
   * @param isIndexed whether the instances have an index, which is compared with them
   */
  examine(isIndexed: boolean): Examination {
    // Only instances with an index need more than the checksum.
    const values = (space: Space, from: string): AsyncIterable<Examined> =>
      space === 'instance' && isIndexed ? this.values(space, { from }) : this.summed(space, from);
    this.examination = new Examination(values, isIndexed, () => this.last);
    return this.examination;
  }

  private async *summed(space: Space, from: string): AsyncGenerator<Examined> {
    if (this.disk.scanSums === undefined) yield* this.values(space, { from });
    else
      for await (const [key, [size, sum]] of this.disk.scanSums(space, from)) {
        if (sum === null) throw notWritten({ space, key });
        yield { key, size, sum };
      }
  }

  /**
   * Opens it and examines all values.
   * @throws CouldNotTell `store-damaged`, naming the first value that is not what was written
   */
  async check(isIndexed = false): Promise<void> {
    await this.open();
    const examination = this.examine(isIndexed);
    while (!(await examination.next()));
  }

  private opened(space: Space, key: string, bytes: Uint8Array): NonNullable<ReturnType<typeof unseal>> {
    const found = unseal(placeOf(space, key), bytes);
    if (found === undefined) throw notWritten({ space, key });
    return found;
  }

  async read(space: Space, keys: readonly string[], most?: number): Promise<(Uint8Array | undefined)[]> {
    const found = await this.disk.read(space, keys, most);
    return found.map((bytes, i) => bytes && this.opened(space, keys[i] as string, bytes).value);
  }

  /** Tells which values are there. */
  async has(space: Space, keys: readonly string[]): Promise<boolean[]> {
    const sums = await this.sums(keys.map((key) => ({ space, key })));
    return sums.map((sum) => sum !== undefined);
  }

  async merge(space: Space, ways: readonly Way[], options: MergeOptions): Promise<Merged> {
    const { way, entries } = await (this.disk as OrderedBytes).merge(space, ways, options);
    const opened = entries.map(([at, rest, bytes]) => {
      const key = (ways[way]?.[at] as string) + rest;
      return [at, rest, this.opened(space, key, bytes).value] as const;
    });
    return { way, entries: opened };
  }

  /** Reads no checksums: the examination compares the index with the instances. */
  countEntries(space: Space, beginning: string, from: string, most: number): Promise<CountedPart> {
    return (this.disk as OrderedBytes).countEntries(space, beginning, from, most);
  }

  /** The checksums of stored values. @throws CouldNotTell `store-damaged` when one is not what was written */
  private async sums(places: readonly Place[]): Promise<(number | undefined)[]> {
    if (this.disk.sums === undefined) return this.sumsRead(places);
    const sums = await this.disk.sums(places.map(({ space, key }) => placeOf(space, key)));
    return sums.map((sum, i) => {
      if (sum === null) throw notWritten(places[i] as Place);
      return sum;
    });
  }

  private async sumsRead(places: readonly Place[]): Promise<(number | undefined)[]> {
    const sums: (number | undefined)[] = [];
    for (const { space, key } of places) {
      const [bytes] = await this.disk.read(space, [key]);
      sums.push(bytes && this.opened(space, key, bytes).sum);
    }
    return sums;
  }

  /** The checksums of the keys that the changes write, as they are stored. */
  private async before(changes: readonly Change[]): Promise<Map<string, number | undefined>> {
    // Entries of the index have no value: who removes one knows that it is there, and who adds one that it is not.
    const looked = changes.filter(({ space }) => space !== 'index');
    const sums = await this.sums(looked);
    const found = new Map(looked.map(({ space, key }, i) => [placeOf(space, key), sums[i]]));
    for (const { space, key, bytes } of changes) {
      const place = placeOf(space, key);
      if (space === 'index') found.set(place, bytes === undefined ? seal(place, NO_BYTES).sum : undefined);
    }
    return found;
  }

  async write(changes: readonly Change[]): Promise<void> {
    const now = await this.before(changes);
    const { number, count, sum } = this.last;
    const tally = new Tally(count, sum);
    const counted: Counted[] = [];
    const sealed = changes.map(({ space, key, bytes }): Change => {
      const place = placeOf(space, key);
      const made = bytes && seal(place, bytes);
      counted.push({ space, key, before: now.get(place), after: made?.sum });
      tally.change(now.get(place), made?.sum);
      now.set(place, made?.sum);
      return { space, key, bytes: made?.bytes };
    });
    const next = tally.commit(number + 1);
    const commit = seal(placeOf('format', COMMIT), encode(next)).bytes;
    await this.disk.write([...sealed, { space: 'format', key: COMMIT, bytes: commit }]);
    this.last = next;
    for (const change of counted) this.examination?.changed(change);
  }

  private async *values(space: Space, range?: Range): AsyncGenerator<Examined & { value: Uint8Array }> {
    for await (const [key, bytes] of this.disk.scan(space, range))
      yield { key, size: bytes.length, ...this.opened(space, key, bytes) };
  }

  async *scan(space: Space, range?: Range): AsyncIterable<readonly [string, Uint8Array]> {
    for await (const { key, value } of this.values(space, range)) yield [key, value];
  }

  async *snapshot(): AsyncIterable<Change> {
    const tally = new Tally();
    let commit = NO_COMMIT;
    for await (const { space, key, bytes } of this.disk.snapshot()) {
      if (space === 'format' && key !== COMMIT) continue;
      const { value, sum } = this.opened(space, key, bytes as Uint8Array);
      if (space === 'format') commit = readCommit(value);
      else {
        tally.change(undefined, sum);
        yield { space, key, bytes: value };
      }
    }
    assertSame(commit, tally);
  }

  close(): Promise<void> {
    return this.disk.close();
  }
}

const notWritten = ({ space, key }: Place): Error => damaged(`${nameOf(space, key)} is not what was written`);

function readCommit(bytes: Uint8Array): Commit {
  const stored: unknown = decode(bytes);
  if (!isDocument(stored)) throw damaged('the record of the last commit cannot be read');
  const { number, count, sum } = stored;
  return { number: Number(number), count: Number(count), sum: Number(sum) };
}
