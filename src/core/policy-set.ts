/** A change of one entry of a policy set. */
export interface PolicyChange {
  /** The kind of the entry, such as `security-role`. */
  readonly kind: string;
  /** Its id, unique within its kind. */
  readonly id: string;
  /** The new value as JSON; null removes the entry. */
  readonly value: unknown;
}

type Entries = ReadonlyMap<string, unknown>;

/** Callers get the values that decide, so nobody may change them. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/**
 * The configuration by the administrators of one tenant, at one version. Immutable: a change makes another set, which
 * shares the unchanged kinds with this one.
 */
export class PolicySet {
  static readonly EMPTY = new PolicySet(0, new Map());

  private constructor(
    /** 0: nothing was ever configured. */
    readonly version: number,
    private readonly byKind: ReadonlyMap<string, Entries>,
    private readonly none: Entries = new Map(),
  ) {}

  /** The entries of one kind, by id; the same object until one of them changes. */
  of(kind: string): Entries {
    return this.byKind.get(kind) ?? this.none;
  }

  /** The kinds that have entries. */
  get kinds(): readonly string[] {
    return [...this.byKind].filter(([, entries]) => entries.size > 0).map(([kind]) => kind);
  }

  /** The number of entries. */
  get size(): number {
    return [...this.byKind.values()].reduce((sum, entries) => sum + entries.size, 0);
  }

  /** Applies changes in order. @returns the new set */
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
      else entries.set(id, frozen(value));
    }
    return new PolicySet(version, kinds, this.none);
  }

  /** All entries, as the changes that create them from an empty set. */
  *changes(): IterableIterator<PolicyChange> {
    for (const [kind, entries] of this.byKind) for (const [id, value] of entries) yield { kind, id, value };
  }
}
