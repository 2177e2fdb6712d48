import { endOf, SPACES, type Change, type CountedPart, type Merged, type MergeOptions } from './bytes.js';
import type { OrderedBytes, Range, Space, Way } from './bytes.js';
import { fewest, largestFirst, type Walker } from './merged.cjs';
import { SortedKeys } from './sorted-keys.js';

/** A space: its values, and their keys in order. */
class Values {
  readonly entries = new Map<string, Uint8Array>();
  readonly keys = new SortedKeys();

  set(key: string, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) {
      this.entries.delete(key);
      this.keys.delete(key);
    } else {
      if (!this.entries.has(key)) this.keys.add(key);
      this.entries.set(key, bytes);
    }
  }

  size(way: Way, most: number): number {
    let count = 0;
    for (const beginning of way)
      for (const _ of this.keys.ascending(beginning, endOf(beginning))) if (++count > most) return count;
    return count;
  }

  walker(beginning: string, at: number, below: string | undefined): Walker<Merged['entries'][number]> {
    const keys = this.keys.descending(below === undefined ? endOf(beginning) : beginning + below, beginning);
    let next = keys.next();
    const rest = (key: string): string => key.slice(beginning.length);
    return {
      head: () => (next.done === true ? undefined : rest(next.value)),
      take: () => {
        const key = next.value as string;
        next = keys.next();
        return [at, rest(key), this.entries.get(key) as Uint8Array];
      },
    };
  }
}

/** Bytes that live as long as the process. */
export class MemoryBytes implements OrderedBytes {
  private readonly spaces = new Map<Space, Values>(SPACES.map((space) => [space, new Values()]));

  private space(space: Space): Values {
    return this.spaces.get(space) as Values;
  }

  async read(space: Space, keys: readonly string[], most = Infinity): Promise<(Uint8Array | undefined)[]> {
    const { entries } = this.space(space);
    const found: (Uint8Array | undefined)[] = [];
    for (let [at, size] = [0, 0]; at < keys.length && (at === 0 || size < most); at++) {
      const bytes = entries.get(keys[at] as string);
      size += bytes?.length ?? 0;
      found.push(bytes);
    }
    return found;
  }

  async write(changes: readonly Change[]): Promise<void> {
    for (const { space, key, bytes } of changes) this.space(space).set(key, bytes);
  }

  async merge(space: Space, ways: readonly Way[], { below, most }: MergeOptions): Promise<Merged> {
    const values = this.space(space);
    const way = fewest(ways, (one, enough) => values.size(one, enough));
    const walkers = (ways[way] ?? []).map((beginning, at) => values.walker(beginning, at, below));
    return { way, entries: largestFirst(walkers, most) };
  }

  async countEntries(space: Space, beginning: string, from: string, most: number): Promise<CountedPart> {
    let count = 0;
    for (const key of this.space(space).keys.ascending(from, endOf(beginning)))
      if (count++ === most) return { count: most, next: key };
    return { count };
  }

  async *scan(
    space: Space,
    { reverse = false, from, below }: Range = {},
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const { keys, entries } = this.space(space);
    const found = reverse ? keys.descending(below, from) : keys.ascending(from, below);
    // As of now, whatever is written while it is read.
    yield* [...found].map((key) => [key, entries.get(key) as Uint8Array] as const);
  }

  async *snapshot(): AsyncIterable<Change> {
    yield* [...this.spaces].flatMap(([space, { entries }]) =>
      [...entries].map(([key, bytes]) => ({ space, key, bytes })),
    );
  }

  async close(): Promise<void> {
    this.spaces.clear();
    for (const space of SPACES) this.spaces.set(space, new Values());
  }
}
