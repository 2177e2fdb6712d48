import { Entries } from './entries.js';

/** A change of one entry of a policy set. */
export interface PolicyChange {
  /** The kind of the entry, such as `security-role`. */
  readonly kind: string;
  /** Its id, unique within its kind. */
  readonly id: string;
  /** The new value as JSON; null removes the entry. */
  readonly value: unknown;
  /** The policy file that it comes from; missing: the entry is changed through the API. */
  readonly file?: string;
}

const keyOf = (kind: string, id: string): string => `${kind}\n${id}`;

/** Callers get the values that decide, so nobody may change them. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) if (typeof part === 'object') frozen(part);
  return Object.freeze(value);
}

/** A set while it is being changed. */
export interface SetDraft {
  add(changes: Iterable<PolicyChange>): void;
  /** The set after the changes; nothing is added after that. */
  at(version: number): PolicySet;
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
    /** The files of the entries that come from files. */
    private readonly files: Entries = Entries.NONE,
  ) {}

  /** The entries of one kind, by id; the same object until one of them changes. */
  of(kind: string): Entries {
    return this.byKind.get(kind) ?? Entries.NONE;
  }

  /** The policy file that an entry comes from; undefined if it has none, or does not exist. */
  fileOf(kind: string, id: string): string | undefined {
    return this.files.get(keyOf(kind, id)) as string | undefined;
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
    const draft = this.changing();
    draft.add(changes);
    return draft.at(version);
  }

  /** Begins changes that are made one by one; the changes themselves are not kept. */
  changing(): SetDraft {
    const byKind = new Map<string, ReturnType<Entries['changing']>>();
    const files = this.files.changing();
    let isFromFiles = this.files.size > 0;
    return {
      add: (changes) => {
        for (const { kind, id, value, file } of changes) {
          let entries = byKind.get(kind);
          if (entries === undefined) byKind.set(kind, (entries = this.of(kind).changing()));
          entries.set(id, value === null ? undefined : frozen(value));
          isFromFiles ||= file !== undefined;
          if (isFromFiles) files.set(keyOf(kind, id), value === null ? undefined : file);
        }
      },
      at: (version) => {
        const kinds = new Map(this.byKind);
        for (const [kind, entries] of byKind) kinds.set(kind, entries.done());
        return new PolicySet(version, kinds, isFromFiles ? files.done() : this.files);
      },
    };
  }

  /** All entries, as the changes that create them from an empty set. */
  *changes(): IterableIterator<PolicyChange> {
    for (const [kind, entries] of this.byKind)
      for (const [id, value] of entries) {
        const file = this.fileOf(kind, id);
        yield { kind, id, value, ...(file !== undefined && { file }) };
      }
  }
}
