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

/** Walks several ascending lists from their ends as one, newest first; what is in more than one list comes once. */
export function* newestFirst<T extends Keyed>(lists: readonly (readonly T[])[], bound?: Bound): Generator<T> {
  const start = (list: readonly T[]): number => {
    if (bound === undefined) return list.length - 1;
    const below = countBelow(list, bound.key);
    return bound.included && list[below]?.key === bound.key ? below : below - 1;
  };
  const at = lists.map(start);
  for (;;) {
    let newest: T | undefined;
    for (const [i, list] of lists.entries()) {
      const entry = list[at[i] as number];
      if (entry !== undefined && (newest === undefined || entry.key > newest.key)) newest = entry;
    }
    if (newest === undefined) return;
    for (const [i, list] of lists.entries())
      if (list[at[i] as number] === newest) at[i] = (at[i] as number) - 1;
    yield newest;
  }
}
