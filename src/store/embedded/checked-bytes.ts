import { isDocument } from '../bson/kind.js';
import { decode, encode } from '../bson/codec.js';
import type { Bytes, Change, Range, Space } from './bytes.js';
import { damaged, seal, unseal } from './checksum.js';
import { NO_COMMIT, sameContent, Tally, type Commit } from './commit.js';

const COMMIT = 'commit';
/** Not kept in memory, because a trail only grows. */
const UNREMEMBERED: ReadonlySet<Space> = new Set(['audit']);
/** Keys of these spaces contain user names, or names of sessions and keys. */
const PRIVATE: ReadonlySet<Space> = new Set(['user', 'value']);

const placeOf = (space: Space, key: string): string => `${space}!${key}`;
const nameOf = (space: Space, key: string): string =>
  PRIVATE.has(space) ? `a value of "${space}"` : `"${space}" ${JSON.stringify(key.replace('\0', ' '))}`;

/**
 * Bytes with a checksum of every value, and in every commit of all values together. Reading a damaged, lost or outdated
 * value fails, and `check` finds all of them. One write at a time.
 */
export class CheckedBytes implements Bytes {
  private readonly sums = new Map<string, number>();
  private last: Commit = NO_COMMIT;

  constructor(private readonly disk: Bytes) {}

  /** The stored commit. */
  get commit(): Commit {
    return this.last;
  }

  /**
   * Reads everything. Call it once, before any other method.
   * @throws CouldNotTell `store-damaged`, naming the first value that is not what was written
   */
  async check(): Promise<void> {
    for await (const { space, key, sum } of this.entries((commit) => (this.last = commit)))
      this.remember(space, key, sum);
  }

  /** A consistent snapshot of everything; it is complete once the last entry was read. */
  private async *entries(
    whole?: (commit: Commit) => void,
  ): AsyncGenerator<{ space: Space; key: string; value: Uint8Array; sum: number }> {
    const tally = new Tally();
    let commit = NO_COMMIT;
    for await (const { space, key, bytes } of this.disk.snapshot()) {
      if (space === 'format' && key !== COMMIT) continue;
      const { value, sum } = this.opened(space, key, bytes as Uint8Array);
      if (space === 'format') {
        commit = readCommit(value);
        continue;
      }
      tally.change(undefined, sum);
      yield { space, key, value, sum };
    }
    if (!sameContent(commit, tally.commit(commit.number)))
      throw damaged(`it does not contain exactly the ${commit.count} values that were written`);
    whole?.(commit);
  }

  private opened(space: Space, key: string, bytes: Uint8Array): NonNullable<ReturnType<typeof unseal>> {
    const found = unseal(placeOf(space, key), bytes);
    if (found === undefined) throw damaged(`${nameOf(space, key)} is not what was written`);
    return found;
  }

  private remember(space: Space, key: string, sum: number | undefined): void {
    if (UNREMEMBERED.has(space)) return;
    if (sum === undefined) this.sums.delete(placeOf(space, key));
    else this.sums.set(placeOf(space, key), sum);
  }

  async read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const found = await this.disk.read(space, keys);
    return found.map((bytes, i) => {
      const key = keys[i] as string;
      if (bytes !== undefined) return this.opened(space, key, bytes).value;
      if (this.sums.has(placeOf(space, key))) throw damaged(`${nameOf(space, key)} is missing`);
      return undefined;
    });
  }

  /** The current checksums of the keys that the changes write. */
  private async before(changes: readonly Change[]): Promise<Map<string, number | undefined>> {
    const looked = changes.filter(({ space }) => UNREMEMBERED.has(space));
    const found = new Map<string, number | undefined>();
    for (const space of new Set(looked.map((change) => change.space))) {
      const keys = looked.filter((change) => change.space === space).map(({ key }) => key);
      const stored = await this.disk.read(space, keys);
      for (const [i, bytes] of stored.entries())
        if (bytes !== undefined)
          found.set(placeOf(space, keys[i] as string), this.opened(space, keys[i] as string, bytes).sum);
    }
    for (const { space, key } of changes)
      if (!UNREMEMBERED.has(space)) found.set(placeOf(space, key), this.sums.get(placeOf(space, key)));
    return found;
  }

  async write(changes: readonly Change[]): Promise<void> {
    const now = await this.before(changes);
    const { number, count, sum } = this.last;
    const tally = new Tally(count, sum);
    const sealed = changes.map(({ space, key, bytes }): Change => {
      const place = placeOf(space, key);
      const made = bytes && seal(place, bytes);
      tally.change(now.get(place), made?.sum);
      now.set(place, made?.sum);
      return { space, key, bytes: made?.bytes };
    });
    const next = tally.commit(number + 1);
    const commit = seal(placeOf('format', COMMIT), encode(next)).bytes;
    await this.disk.write([...sealed, { space: 'format', key: COMMIT, bytes: commit }]);
    this.last = next;
    for (const { space, key } of changes) this.remember(space, key, now.get(placeOf(space, key)));
  }

  async *scan(space: Space, range?: Range): AsyncIterable<readonly [string, Uint8Array]> {
    for await (const [key, bytes] of this.disk.scan(space, range))
      yield [key, this.opened(space, key, bytes).value];
  }

  async *snapshot(): AsyncIterable<Change> {
    for await (const { space, key, value } of this.entries()) yield { space, key, bytes: value };
  }

  close(): Promise<void> {
    return this.disk.close();
  }
}

function readCommit(bytes: Uint8Array): Commit {
  const stored: unknown = decode(bytes);
  if (!isDocument(stored)) throw damaged('the record of the last commit cannot be read');
  const { number, count, sum } = stored;
  return { number: Number(number), count: Number(count), sum: Number(sum) };
}
