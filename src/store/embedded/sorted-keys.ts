/** Keys of a block before it is divided. */
const MOST = 512;

/** The number of entries of an ascending list for which the test holds; it holds for the first ones only. */
function countWhile<T>(list: readonly T[], holds: (entry: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A set of keys in ascending order, in blocks: a change moves the keys of one block only. */
export class SortedKeys {
  private readonly blocks: string[][] = [];

  /** The position of the first key that is not below the given one. */
  private place(key: string): readonly [block: number, at: number] {
    const block = countWhile(this.blocks, (keys) => (keys.at(-1) as string) < key);
    const keys = this.blocks[block];
    return [block, keys === undefined ? 0 : countWhile(keys, (one) => one < key)];
  }

  add(key: string): void {
    const [found, place] = this.place(key);
    // Behind all keys: into the last block.
    const block = Math.min(found, Math.max(0, this.blocks.length - 1));
    const keys = (this.blocks[block] ??= []);
    const at = found === block ? place : keys.length;
    if (keys[at] === key) return;
    keys.splice(at, 0, key);
    if (keys.length > MOST) this.blocks.splice(block + 1, 0, keys.splice(MOST / 2));
  }

  delete(key: string): void {
    const [block, at] = this.place(key);
    const keys = this.blocks[block];
    if (keys?.[at] !== key) return;
    keys.splice(at, 1);
    if (keys.length === 0) this.blocks.splice(block, 1);
  }

  /** The keys from one up to another that is not included. The set must not change meanwhile. */
  *ascending(from = '', below?: string): Generator<string> {
    const [first, start] = this.place(from);
    for (let [block, at] = [first, start]; block < this.blocks.length; block++, at = 0)
      for (const keys = this.blocks[block] as string[]; at < keys.length; at++) {
        const key = keys[at] as string;
        if (below !== undefined && key >= below) return;
        yield key;
      }
  }

  /** The keys below one, the largest first, down to another that is included. The set must not change meanwhile. */
  *descending(below: string | undefined, from = ''): Generator<string> {
    const [last, end] = below === undefined ? [this.blocks.length, 0] : this.place(below);
    for (let [block, at] = [last, end - 1]; block >= 0; block--, at = (this.blocks[block]?.length ?? 0) - 1)
      for (const keys = this.blocks[block] ?? []; at >= 0; at--) {
        const key = keys[at] as string;
        if (key < from) return;
        yield key;
      }
  }
}
