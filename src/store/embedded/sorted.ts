/** An entry with the key that lists of entries are ordered by: its `_id` in hexadecimal digits. */
export interface Keyed {
  readonly key: string;
}

/** How many entries of an ascending list have a key below the given one. */
export function countBelow(list: readonly Keyed[], key: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as Keyed).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds an entry to an ascending list; at the end, mostly. */
export function insertSorted<T extends Keyed>(list: T[], entry: T): void {
  const last = list.at(-1);
  if (last === undefined || last.key < entry.key) list.push(entry);
  else list.splice(countBelow(list, entry.key), 0, entry);
}

export function removeSorted<T extends Keyed>(list: T[], entry: T): void {
  const at = countBelow(list, entry.key);
  if (list[at] === entry) list.splice(at, 1);
}

/** Where a walk begins. */
export interface Bound {
  readonly key: string;
  /** Whether the entry of that key itself belongs to the walk. */
  readonly included: boolean;
}

/** How far a walk has come in one of the lists. */
interface Walker<T extends Keyed> {
  readonly list: readonly T[];
  at: number;
}

const keyAt = <T extends Keyed>({ list, at }: Walker<T>): string => (list[at] as T).key;

/** Puts the first of a heap, whose others are in order, to its place; the newest comes first. */
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
 * Walks several ascending lists from their ends as one, newest first; what is in more than one list comes once. A step
 * costs the logarithm of the number of lists.
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
