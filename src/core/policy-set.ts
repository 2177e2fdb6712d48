/** One entry of a policy set, as a change leaves it. */
export interface PolicyChange {
  /** What it is, such as `security-role`. */
  readonly kind: string;
  /** Its name among those of its kind. */
  readonly id: string;
  /** JSON; null: the entry is removed. */
  readonly value: unknown;
}

type Entries = ReadonlyMap<string, unknown>;

/**
 * What the administrators of one tenant configured, at one version. It never changes: a change makes another set, which
 * shares with this one the kinds that it leaves alone.
 */
export class PolicySet {
  static readonly EMPTY = new PolicySet(0, new Map());

  private constructor(
    /** 0: nothing was ever configured. */
    readonly version: number,
    private readonly byKind: ReadonlyMap<string, Entries>,
    private readonly none: Entries = new Map(),
  ) {}

  /** The entries of one kind by their ids; the same object for as long as none of them changes. */
  of(kind: string): Entries {
    return this.byKind.get(kind) ?? this.none;
  }

  /** The kinds of which there are entries. */
  get kinds(): readonly string[] {
    return [...this.byKind].filter(([, entries]) => entries.size > 0).map(([kind]) => kind);
  }

  /** How many entries there are. */
  get size(): number {
    return [...this.byKind.values()].reduce((sum, entries) => sum + entries.size, 0);
  }

  /** The set as it is after the changes, in their order. */
  with(version: number, changes: readonly PolicyChange[]): PolicySet {
    const kinds = new Map(this.byKind);
    const own = new Map<string, Map<string, unknown>>();
    for (const { kind, id, value } of changes) {
      let entries = own.get(kind);
      if (entries === undefined) {
        own.set(kind, (entries = new Map(this.of(kind))));
        kinds.set(kind, entries);
      }
      if (value === null) entries.delete(id);
      else entries.set(id, value);
    }
    return new PolicySet(version, kinds, this.none);
  }

  /** All entries, as the changes that make them of an empty set. */
  *changes(): IterableIterator<PolicyChange> {
    for (const [kind, entries] of this.byKind) for (const [id, value] of entries) yield { kind, id, value };
  }
}
