/**
 * What the guard needs of a store, as one interface with two adapters (`mongo`, `embedded`). A filter, a sort and a
 * field name here are trusted: they come from `scoped-query`, never straight from a caller. They cannot name the large
 * fields (`source`, `svg`, `logs`, `savePoints`), which are read by `load` alone. What goes in is copied
 * before the call
 * returns, what comes out is the caller's own; `undefined` is stored as null. Every call may throw CouldNotTell
 * (`store-unavailable`, `store-damaged`, `closed`) and BadInput (`bad-data`) for what cannot be stored.
 */

import type { AuditEntry, StoredInstance, StoredModel, StoredUser, UnwoundItem } from './documents.js';
import type { Filter, InstancePlan, ItemPlan } from './plans.js';
import type { PolicyStore } from './policy-documents.js';

export type * from './documents.js';
export type * from './plans.js';
export type * from './policy-documents.js';

/** Lines to be added to the log of an instance. */
export interface LogLines {
  readonly lines: readonly unknown[];
  /** How many lines the log then keeps, its newest; at least 1. */
  readonly most: number;
}

/** Running and ended instances. */
export interface InstanceStore {
  find(plan: InstancePlan): Promise<StoredInstance[]>;
  count(plan: Pick<InstancePlan, 'filter' | 'marks'>): Promise<number>;
  /** What comes back is without `source`, `svg`, `logs`, `savePoints`, `loops` and `all`. */
  findItems(plan: ItemPlan): Promise<UnwoundItem[]>;
  countItems(plan: Pick<ItemPlan, 'before' | 'marks' | 'each' | 'needsAll'>): Promise<number>;
  /** Whether the plan admits an instance at all; looks no further than the first. */
  exists(plan: Pick<InstancePlan, 'filter' | 'marks'>): Promise<boolean>;
  /** Distinct values of a top-level field, among the instances of the plan. */
  distinct(field: string, plan: Pick<InstancePlan, 'filter' | 'marks'>): Promise<unknown[]>;
  /**
   * The whole document, a copy of the caller's own.
   * @param without large fields to leave out
   */
  load(id: string, without?: readonly string[]): Promise<StoredInstance | undefined>;
  /** @throws Conflict when the id exists */
  insert(document: StoredInstance): Promise<void>;
  /**
   * Sets the given top-level fields in one write, if the stored revision is still the expected one (undefined: a
   * document without `guard`, as an unguarded host leaves it). False: somebody else wrote, nothing was changed.
   * @param log what to add to `logs`; not together with `logs` as a field
   */
  update(
    id: string,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
    log?: LogLines,
  ): Promise<boolean>;
  /** Deletes those of the ids that the filter still admits; how many. */
  remove(ids: readonly string[], filter: Filter): Promise<number>;
  /** Copies documents to the archive; those that are there already are replaced, so that it may be repeated. */
  archive(documents: readonly StoredInstance[]): Promise<void>;
}

/** Process definitions. */
export interface ModelStore {
  /** Ordered by name. */
  find(
    filter: Filter,
    options?: { readonly without?: readonly string[]; readonly skip?: number; readonly limit?: number },
  ): Promise<StoredModel[]>;
  /** The model of that name and owner (null: none). */
  get(name: string, owner: string | null): Promise<StoredModel | undefined>;
  /** Inserts or replaces by name and owner. */
  put(document: StoredModel): Promise<void>;
  /** False when there is a model of that name and owner. */
  insert(document: StoredModel): Promise<boolean>;
  /** Sets top-level fields if the revision is still the expected one; false otherwise. */
  update(
    name: string,
    owner: string | null,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<boolean>;
  remove(name: string, owner: string | null): Promise<boolean>;
  /** @throws Conflict when the new name exists for that owner */
  rename(name: string, owner: string | null, newName: string): Promise<boolean>;
}

/** Who holds a lock: enough to tell whether the holder is gone. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** Random, one per guard instance. */
  readonly nonce: string;
}

/** A lock as it was found. */
export interface HeldLock {
  readonly id: string;
  readonly owner?: LockOwner | undefined;
  /** When it was taken. */
  readonly time: Date;
  /** Missing: taken by an unguarded host. */
  readonly until?: Date | undefined;
}

/** Locks across processes, by the id of what is locked. */
export interface LockStore {
  /**
   * One try: takes the lock when it is free or `isStale` says so of its holder; true when it is now the owner's.
   * Two takers of one stale lock: one wins.
   */
  acquire(id: string, owner: LockOwner, until: Date, isStale: (held: HeldLock) => boolean): Promise<boolean>;
  /** False when the lock is no longer the owner's. */
  renew(id: string, owner: LockOwner, until: Date): Promise<boolean>;
  release(id: string, owner: LockOwner): Promise<void>;
  list(): Promise<HeldLock[]>;
}

/** Users of the store-backed directory, by name. */
export interface UserStore {
  find(userName: string): Promise<StoredUser | undefined>;
  put(user: StoredUser): Promise<void>;
  /** False, and nothing is changed, when there is a user of that name. */
  insert(user: StoredUser): Promise<boolean>;
  /**
   * Sets top-level fields in one write, if the user is there and the expected texts are still what is stored (null:
   * there is none); false otherwise. So what two callers change at once does not undo each other.
   */
  update(
    userName: string,
    fields: Readonly<Partial<StoredUser>>,
    expected?: Readonly<Record<string, string | null>>,
  ): Promise<boolean>;
  list(): Promise<StoredUser[]>;
  remove(userName: string): Promise<boolean>;
}

/** The audit trail. */
export interface AuditStore {
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. `since` is included, `until` is not; `tenantId` null: entries without a tenant. */
  find(filter: {
    readonly since?: Date;
    readonly until?: Date;
    readonly userName?: string;
    readonly answer?: string;
    readonly limit: number;
    readonly tenantId?: string | null;
  }): Promise<AuditEntry[]>;
}

/** Named values with an optional end: markers, sessions, keys. */
export interface ValueStore {
  get(key: string): Promise<unknown>;
  /** @param expires when the value is gone; missing: never */
  set(key: string, value: unknown, expires?: Date): Promise<void>;
  delete(key: string): Promise<boolean>;
  entries(): Promise<[key: string, value: unknown][]>;
}

/** Whether a store can write. */
export interface Writability {
  readonly writable: boolean;
  /** Why it cannot: the code of the system (ENOSPC), and what is known besides. For logs. */
  readonly cause?: string;
}

/** What an adapter gives; `openStore` makes a store of it. */
export type Adapter = Omit<Store, 'bounded'>;

/** Everything that the guard keeps, as `openStore` gives it. */
export interface Store {
  readonly kind: 'mongo' | 'embedded' | 'memory';
  readonly instances: InstanceStore;
  readonly models: ModelStore;
  readonly users: UserStore;
  readonly locks: LockStore;
  readonly audit: AuditStore;
  readonly policies: PolicyStore;
  values(namespace: string): ValueStore;
  /** Makes the indexes; idempotent. */
  install(): Promise<void>;
  /** Names of the indexes that should be there and are not. */
  missingIndexes(): Promise<string[]>;
  /** @throws CouldNotTell when the store does not answer in time, or cannot write; the message says why */
  ping(): Promise<void>;
  /**
   * Tells when the store can no longer write, and when it can again; gives back what ends that. Missing where each call
   * tells for itself (MongoDB), and where writing cannot fail (memory).
   */
  onWritable?(listener: (state: Writability) => void): () => void;
  /**
   * Writes a copy into an empty folder: one that can be opened as a store (embedded, consistent), or a file of BSON per
   * collection, as of mongodump (mongo); resolves to what was written.
   * @throws GuardError `bad-configuration` when the folder is not empty
   */
  backup(folder: string): Promise<{ readonly files: number; readonly documents: number }>;
  /**
   * Runs work whose calls of this store may together wait for four times the `timeout` of the store; each may
   * wait for one, and when one was given up none is waited for. Work inside it that is bounded itself has its own
   * allowance. Without a timeout (embedded) nothing is limited.
   */
  bounded<T>(work: () => Promise<T>): Promise<T>;
  /** Waits for the calls under way; every later call throws CouldNotTell `closed`. May be called again. */
  close(): Promise<void>;
}
