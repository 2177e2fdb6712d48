/** An entry with its sort key: its `_id` in hexadecimal digits. */
export interface Keyed {
  readonly key: string;
}

/** Number of entries of an ascending list whose key is below the given one. */
function countBelow(list: readonly Keyed[], key: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as Keyed).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Inserts an entry into an ascending list; usually at the end. */
export function insertSorted<T extends Keyed>(list: T[], entry: T): void {
  const last = list.at(-1);
  if (last === undefined || last.key < entry.key) list.push(entry);
  else list.splice(countBelow(list, entry.key), 0, entry);
}

export function removeSorted<T extends Keyed>(list: T[], entry: T): void {
  const at = countBelow(list, entry.key);
  if (list[at] === entry) list.splice(at, 1);
}

/** The start of a walk. */
export interface Bound {
  readonly key: string;
  /** Whether the walk includes the entry with that key. */
  readonly included: boolean;
}

/** The position of a walk in one of its lists. */
interface Walker<T extends Keyed> {
  readonly list: readonly T[];
  at: number;
}

const keyAt = <T extends Keyed>({ list, at }: Walker<T>): string => (list[at] as T).key;

/** Restores a heap whose root may be out of place; the newest entry is at the top. */
function sink<T extends Keyed>(heap: Walker<T>[], from: number): void {
  let at = from;
  for (;;) {
    let newest = at;
    for (const child of [2 * at + 1, 2 * at + 2])
      if (child < heap.length && keyAt(heap[child] as Walker<T>) > keyAt(heap[newest] as Walker<T>))
        newest = child;
    if (newest === at) return;
    [heap[at], heap[newest]] = [heap[newest] as Walker<T>, heap[at] as Walker<T>];
    at = newest;
  }
}

/**
 * Merges ascending lists from their ends, newest first and without duplicates. A step costs the logarithm of the number
 * of lists.
 */
export function* newestFirst<T extends Keyed>(lists: readonly (readonly T[])[], bound?: Bound): Generator<T> {
  const start = (list: readonly T[]): number => {
    if (bound === undefined) return list.length - 1;
    const below = countBelow(list, bound.key);
    return bound.included && list[below]?.key === bound.key ? below : below - 1;
  };
  const heap = lists.map((list): Walker<T> => ({ list, at: start(list) })).filter(({ at }) => at >= 0);
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  let last: T | undefined;
  while (heap.length > 0) {
    const first = heap[0] as Walker<T>;
    const entry = first.list[first.at] as T;
    first.at--;
    if (first.at < 0) {
      const end = heap.pop() as Walker<T>;
      if (end !== first) heap[0] = end;
    }
    if (heap.length > 1) sink(heap, 0);
    if (entry === last) continue;
    last = entry;
    yield entry;
  }
}
