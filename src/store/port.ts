/**
 * The store interface of the guard, with two adapters (`mongo`, `embedded`). Filters, sorts and field names are
 * trusted here: they come from `scoped-query`, never directly from a caller. They cannot name the large fields
 * (`source`, `svg`, `logs`, `savePoints`); only `load` reads those. Arguments are copied before a call returns, and the
 * caller owns the results; `undefined` is stored as null. Every call may throw CouldNotTell (`store-unavailable`,
 * `store-damaged`, `closed`), and BadInput (`bad-data`) for values that cannot be stored.
 */

import type { AuditEntry, StoredInstance, StoredModel, StoredUser, UnwoundItem } from './documents.js';
import type { Filter, InstancePlan, ItemPlan, ModelOptions, Selected, SelectedItems } from './plans.js';
import type { PolicyStore } from './policy-documents.js';

export type * from './case-documents.js';
export type * from './documents.js';
export type * from './plans.js';
export type * from './policy-documents.js';

/** Lines to add to the log of an instance. */
export interface LogLines {
  readonly lines: readonly unknown[];
  /** The log keeps this many of its newest lines; at least 1. */
  readonly most: number;
}

/** Running and ended instances. */
export interface InstanceStore {
  find(plan: InstancePlan): Promise<StoredInstance[]>;
  /** @param most stops there: the result is at most this. Missing: counts all */
  count(plan: Selected, most?: number): Promise<number>;
  /** The rows omit `source`, `svg`, `logs`, `savePoints`, `loops` and `all`. */
  findItems(plan: ItemPlan): Promise<UnwoundItem[]>;
  /** @param most as for `count` */
  countItems(plan: SelectedItems, most?: number): Promise<number>;
  /** Tells whether the plan admits any instance; stops at the first. */
  exists(plan: Selected): Promise<boolean>;
  /** Distinct values of a top-level field among the instances of the plan. */
  distinct(field: string, plan: Selected): Promise<unknown[]>;
  /**
   * The whole document, as a copy.
   * @param without large fields to omit
   */
  load(id: string, without?: readonly string[]): Promise<StoredInstance | undefined>;
  /** @throws Conflict when the id exists */
  insert(document: StoredInstance): Promise<void>;
  /**
   * Sets the given top-level fields in one write if the stored revision is the expected one (undefined: a document
   * without `guard`, as an unguarded host leaves it). False: someone else wrote first, and nothing was changed.
   * @param log lines to add to `logs`; not together with `logs` as a field
   * @param read what `load` returned, even if it was changed since: only what differs is sent, where that saves
   * something. False as well if a host without a guard has changed the instance since then
   */
  update(
    id: string,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
    log?: LogLines,
    read?: StoredInstance,
  ): Promise<boolean>;
  /** Deletes the instances with these ids that the filter still admits. @returns how many */
  remove(ids: readonly string[], filter: Filter): Promise<number>;
  /** Copies documents to the archive and replaces existing copies, so it can be repeated. */
  archive(documents: readonly StoredInstance[]): Promise<void>;
}

/** Process definitions. */
export interface ModelStore {
  /** Ordered by name. */
  find(filter: Filter, options?: ModelOptions): Promise<StoredModel[]>;
  /** The model with that name and owner (null: none). */
  get(name: string, owner: string | null): Promise<StoredModel | undefined>;
  /** Inserts or replaces by name and owner. */
  put(document: StoredModel): Promise<void>;
  /** False when a model with that name and owner exists. */
  insert(document: StoredModel): Promise<boolean>;
  /** Sets top-level fields if the revision is the expected one; false otherwise. */
  update(
    name: string,
    owner: string | null,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<boolean>;
  remove(name: string, owner: string | null): Promise<boolean>;
  /** @throws Conflict when the owner already has a model with the new name */
  rename(name: string, owner: string | null, newName: string): Promise<boolean>;
}

/** The holder of a lock, with enough data to tell whether it still exists. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** Within what the process id is unique on the host; missing where the system does not tell. */
  readonly space?: string | undefined;
  /** Random, one per guard instance. */
  readonly nonce: string;
}

/** A lock, as read from the store. */
export interface HeldLock {
  readonly id: string;
  readonly owner?: LockOwner | undefined;
  /** When the lock was taken. */
  readonly time: Date;
  /** Missing: an unguarded host took the lock. */
  readonly until?: Date | undefined;
}

/** Locks across processes, by the id of the locked resource. */
export interface LockStore {
  /**
   * One attempt: takes the lock if it is free, or if `isStale` is true for its holder. True if the owner now has it.
   * If two try to take one stale lock, only one succeeds.
   */
  acquire(id: string, owner: LockOwner, until: Date, isStale: (held: HeldLock) => boolean): Promise<boolean>;
  /** False when the owner no longer has the lock. */
  renew(id: string, owner: LockOwner, until: Date): Promise<boolean>;
  release(id: string, owner: LockOwner): Promise<void>;
  list(): Promise<HeldLock[]>;
}

/** Users of the store-backed directory, by name. */
export interface UserStore {
  find(userName: string): Promise<StoredUser | undefined>;
  put(user: StoredUser): Promise<void>;
  /** False, without a change, when a user with that name exists. */
  insert(user: StoredUser): Promise<boolean>;
  /**
   * Sets top-level fields in one write if the user exists and the stored texts are the expected ones (null: missing);
   * false otherwise. This keeps concurrent callers from undoing each other's changes.
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
  /**
   * Newest first. `since` is inclusive, `until` exclusive; `tenantId` null: entries without a tenant.
   * @throws GuardError `failed`, naming what is wrong with the filter
   */
  find(filter: {
    readonly since?: Date;
    readonly until?: Date;
    readonly userName?: string;
    readonly answer?: AuditEntry['answer'];
    readonly limit: number;
    readonly tenantId?: string | null;
  }): Promise<AuditEntry[]>;
}

/** Named values with an optional expiry: markers, sessions, keys. */
export interface ValueStore {
  get(key: string): Promise<unknown>;
  /** @param expires when the value expires; missing: never */
  set(key: string, value: unknown, expires?: Date): Promise<void>;
  /** Stores a value that does not expire, if the key has none. @returns false if it has one, which stays */
  add(key: string, value: unknown): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  entries(): Promise<[key: string, value: unknown][]>;
}

/** Tells whether a store can write. */
export interface Writability {
  readonly writable: boolean;
  /** Why it cannot: the system error code (ENOSPC) and details. For logs. */
  readonly cause?: string;
  /** The store was found to be damaged, and does not answer until it is opened again. */
  readonly isDamaged?: true;
  /** Why a part of it could not be examined in the background, each time that is tried. */
  readonly unread?: unknown;
}

/** The interface of an adapter; `openStore` makes a store of it. */
export type Adapter = Omit<Store, 'bounded'>;

/** All data of the guard, as `openStore` returns it. */
export interface Store {
  readonly kind: 'mongo' | 'embedded' | 'memory';
  readonly instances: InstanceStore;
  readonly models: ModelStore;
  readonly users: UserStore;
  readonly locks: LockStore;
  readonly audit: AuditStore;
  readonly policies: PolicyStore;
  values(namespace: string): ValueStore;
  /** Creates the indexes; idempotent. */
  install(): Promise<void>;
  /** Names of required indexes that are missing. */
  missingIndexes(): Promise<string[]>;
  /** @throws CouldNotTell when the store does not answer in time, or cannot write; the message has the reason */
  ping(): Promise<void>;
  /**
   * Reports when the store can no longer write, and when it can again, and what could not be examined; returns a
   * function that unsubscribes. Missing for MongoDB, where each call reports it, and in memory, where writing cannot
   * fail.
   */
  onWritable?(listener: (state: Writability) => void): () => void;
  /**
   * Writes a copy into an empty folder. Embedded: a consistent copy that can be opened as a store. MongoDB: one BSON
   * file per collection, as mongodump writes it.
   * @returns the numbers of written files and documents
   * @throws GuardError `bad-configuration` when the folder is not empty
   */
  backup(folder: string): Promise<{ readonly files: number; readonly documents: number }>;
  /**
   * Runs work whose calls of this store may wait for four times its `timeout` in total. Each call may wait for one
   * `timeout`; once one has timed out, later calls do not wait at all. Nested bounded work has its own allowance.
   * Without a timeout (embedded) nothing is limited.
   */
  bounded<T>(work: () => Promise<T>): Promise<T>;
  /** Waits for the calls in progress; later calls throw CouldNotTell `closed`. May be called again. */
  close(): Promise<void>;
}
