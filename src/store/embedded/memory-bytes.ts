import { SPACES, type Bytes, type Change, type Range, type Space } from './bytes.js';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Bytes that live as long as the process. */
export class MemoryBytes implements Bytes {
  private readonly spaces = new Map<Space, Map<string, Uint8Array>>(
    SPACES.map((space) => [space, new Map()]),
  );

  private space(space: Space): Map<string, Uint8Array> {
    return this.spaces.get(space) as Map<string, Uint8Array>;
  }

  async read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.space(space).get(key));
  }

  async write(changes: readonly Change[]): Promise<void> {
    for (const { space, key, bytes } of changes) {
      if (bytes === undefined) this.space(space).delete(key);
      else this.space(space).set(key, bytes);
    }
  }

  async *scan(
    space: Space,
    { reverse = false, from, below }: Range = {},
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const found = [...this.space(space)].filter(
      ([key]) => (from === undefined || key >= from) && (below === undefined || key < below),
    );
    found.sort(([a], [b]) => (reverse ? compare(b, a) : compare(a, b)));
    yield* found;
  }

  async *snapshot(): AsyncIterable<Change> {
    yield* [...this.spaces].flatMap(([space, entries]) =>
      [...entries].map(([key, bytes]) => ({ space, key, bytes })),
    );
  }

  async close(): Promise<void> {
    for (const space of this.spaces.values()) space.clear();
  }
}
