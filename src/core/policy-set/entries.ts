/** Entries that differ from the shared ones before both are put together again. */
const MOST_CHANGED = 1000;

/** The key by which values are found; undefined: by none. */
export type KeyOf = (value: unknown) => string | undefined;

/** Entries, with the lookups made of them so far. Those without a value are found by no key. */
class Lookups {
  private readonly byKey = new Map<KeyOf, Map<string, string[]>>();

  constructor(readonly entries: ReadonlyMap<string, unknown>) {}

  /** The ids of the entries whose value has the key. */
  idsOf(keyOf: KeyOf, key: string): readonly string[] {
    return this.by(keyOf).get(key) ?? NO_IDS;
  }

  /** The ids of the entries, by the keys that they have. */
  by(keyOf: KeyOf): ReadonlyMap<string, readonly string[]> {
    let ids = this.byKey.get(keyOf);
    if (ids === undefined) {
      this.byKey.set(keyOf, (ids = new Map()));
      for (const [id, value] of this.entries) {
        const found = value === undefined ? undefined : keyOf(value);
        if (found === undefined) continue;
        const known = ids.get(found);
        if (known === undefined) ids.set(found, [id]);
        else known.push(id);
      }
    }
    return ids;
  }
}

/** Entries while they are being changed. */
interface EntriesDraft {
  /** @param value undefined removes */
  set(id: string, value: unknown): void;
  /** The entries after the changes; nothing is changed after that. */
  done(): Entries;
}

const NO_IDS: readonly string[] = Object.freeze([]);
const NOTHING = new Lookups(new Map());

/**
 * The entries of one kind in a policy set, by id. Immutable: a change makes other entries that share what did not
 * change, so that a change to one of 100,000 costs neither a copy nor a walk over all.
 */
export class Entries implements ReadonlyMap<string, unknown> {
  static readonly NONE = new Entries(NOTHING, new Map(), 0);

  private readonly own: Lookups;

  private constructor(
    /** Those of an older version, which many versions share. */
    private readonly shared: Lookups,
    /** What differs from the shared entries; undefined: removed. */
    private readonly changed: ReadonlyMap<string, unknown>,
    readonly size: number,
  ) {
    this.own = new Lookups(changed);
  }

  get(id: string): unknown {
    return this.changed.has(id) ? this.changed.get(id) : this.shared.entries.get(id);
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  /** The ids of entries that may differ from those of the other; undefined if any may. */
  changedSince(other: Entries): ReadonlySet<string> | undefined {
    return this.shared === other.shared
      ? new Set([...other.changed.keys(), ...this.changed.keys()])
      : undefined;
  }

  /** The entries after changes, in their order; a value of undefined removes. */
  with(changes: Iterable<readonly [id: string, value: unknown]>): Entries {
    const draft = this.changing();
    for (const [id, value] of changes) draft.set(id, value);
    return draft.done();
  }

  /** Begins changes that are made one by one. */
  changing(): EntriesDraft {
    const { entries } = this.shared;
    const changed = new Map(this.changed);
    let { size } = this;
    let whole: Map<string, unknown> | undefined;
    const put = (id: string, value: unknown): void => {
      const before = changed.has(id) ? changed.get(id) : entries.get(id);
      if (before === undefined && value !== undefined) size++;
      if (before !== undefined && value === undefined) size--;
      if (value === undefined && !entries.has(id)) changed.delete(id);
      else changed.set(id, value);
      // From here on, the entries have a map of their own.
      if (changed.size > MOST_CHANGED) whole = new Map(new Entries(this.shared, changed, size));
    };
    return {
      set: (id, value) => {
        if (whole === undefined) put(id, value);
        else if (value === undefined) whole.delete(id);
        else whole.set(id, value);
      },
      done: () =>
        whole === undefined
          ? new Entries(this.shared, changed, size)
          : new Entries(new Lookups(whole), new Map(), whole.size),
    };
  }

  /** The values that have the key, found by an index. @param keyOf the same function each time */
  where(keyOf: KeyOf, key: string): unknown[] {
    const { shared, own, changed } = this;
    const found: unknown[] = [];
    for (const id of shared.idsOf(keyOf, key)) if (!changed.has(id)) found.push(shared.entries.get(id));
    for (const id of own.idsOf(keyOf, key)) found.push(changed.get(id));
    return found;
  }

  /** The keys that values have, each once. @param keyOf the same function each time */
  *keysBy(keyOf: KeyOf): IterableIterator<string> {
    const [shared, own] = [this.shared.by(keyOf), this.own.by(keyOf)];
    yield* own.keys();
    for (const [key, ids] of shared) if (!own.has(key) && ids.some((id) => !this.changed.has(id))) yield key;
  }

  entries(): MapIterator<[string, unknown]> {
    return this.changed.size === 0 ? this.shared.entries.entries() : this.together();
  }

  private *together(): MapIterator<[string, unknown]> {
    for (const [id, value] of this.shared.entries) {
      if (!this.changed.has(id)) yield [id, value];
      else if (this.changed.get(id) !== undefined) yield [id, this.changed.get(id)];
    }
    for (const [id, value] of this.changed)
      if (value !== undefined && !this.shared.entries.has(id)) yield [id, value];
  }

  *keys(): MapIterator<string> {
    for (const [id] of this.entries()) yield id;
  }

  *values(): MapIterator<unknown> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, unknown]> {
    return this.entries();
  }

  forEach(work: (value: unknown, id: string, all: ReadonlyMap<string, unknown>) => void): void {
    for (const [id, value] of this) work(value, id, this);
  }
}
