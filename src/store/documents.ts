/** The documents that a store keeps. */

/**
 * The fields of a stored instance without its items. `guard` is ours, all others are the host's. The host leaves some
 * undefined, and a write of undefined clears the field.
 */
export interface StoredFields {
  _id?: unknown;
  id: string;
  name?: string;
  status?: string | undefined;
  version?: number | null | undefined;
  tenantId?: string | null;
  data?: Record<string, unknown> | undefined;
  tokens?: unknown[];
  guard?: InstanceGuard;
  [field: string]: unknown;
}

/** An instance as it is stored. */
export interface StoredInstance extends StoredFields {
  items?: StoredItem[];
}

/** An item as it is stored; an item is a step of an instance, a task among others. */
export interface StoredItem {
  id: string;
  elementId?: string;
  type?: string;
  status?: string;
  seq?: number;
  guard?: ItemGuard;
  [field: string]: unknown;
}

/** What the guard keeps of one item; copied to `items[].guard` at every save, for the scopes. */
export interface ItemGuard {
  /** The model restricts the task to nobody. */
  open?: boolean;
  /** Nobody but an administrator may do it: not open, no assignee, no candidates. Derived at every save. */
  closed?: boolean;
  /** The model restricts it to nobody; whether it is open is decided when its command is committed. */
  undecided?: boolean;
  /** Why it is closed, in words without data. */
  why?: string;
  startedBy?: string;
  /** Who lent the task, while it is delegated. */
  owner?: string;
  completedBy?: string;
  [extra: string]: unknown;
}

/** A delivery from one instance to another that was committed with the sender and is not done yet. */
export interface Delivery {
  readonly key: string;
  readonly itemId: string;
  readonly data: Record<string, unknown> | null;
  /** For whom: recorded as starter of what it starts. */
  readonly causer: string;
  /** Who acts, where it is not the causer: the system, after a timer. */
  readonly actor?: string;
}

/** Work that nobody waits for, and that was begun and has not been stored. */
export interface Attempt {
  /**
   * A timer that fired, `noWait` work that was resumed, what another instance had for this one, or the start of a
   * model by its timer.
   */
  readonly work: 'timer' | 'background' | 'delivery' | 'start';
  /** The guard that began it. */
  readonly by: string;
  readonly at: Date;
  /** How many processes ended while it was under way. */
  readonly ended: number;
  readonly elementId?: string;
  /** Not begun again by itself. */
  readonly held?: boolean;
}

/** What one command makes of another instance than its main one. */
export interface PendingWrite {
  /** The revision that it changes; null: a new instance. */
  readonly rev: number | null;
  readonly fields: StoredInstance;
  /** Lines to add to its log. */
  readonly log?: readonly unknown[];
}

/** What the guard keeps of an instance, beside the fields that are the host's. */
export interface InstanceGuard {
  /** Our integer revision, one more at every commit. */
  rev: number;
  startedBy?: string;
  /** Who caused work of the instance that was not started by a person; for the record. */
  causedBy?: string;
  /** Marks by which lists find what waits in it, and by which they find all of it. */
  open?: string[];
  read?: string[];
  /** Which version of the marks those are. */
  format?: number;
  items?: Record<string, ItemGuard>;
  /** True from the return of a `noWait` command until its work has settled. */
  busy?: boolean;
  /** Where that work began: the item that was invoked (null: the start), and by whom. */
  begun?: { itemId: string | null; userName: string };
  /** The failure of `noWait` work, in words. */
  failure?: string;
  outbox?: Delivery[];
  /** Work that was begun, by the id of its item; `background` for `noWait` work. */
  attempts?: Record<string, Attempt> | undefined;
  /** Present while some of that work is held back. */
  held?: true;
  /** Committed with this instance and not written yet, or not known to be. */
  pending?: PendingWrite[];
  /** Errors that its model left behind and nothing caught: how many, and the newest. */
  uncaught?: { count: number; newest: { at: Date; elementId?: string; itemId?: string; error: string }[] };
  /** Present while `busy` is set, or `outbox` or `pending` holds something; has an index. */
  unfinished?: true;
  [extra: string]: unknown;
}

/** One item of an instance: the instance's document with the one item in the place of the list. */
export interface UnwoundItem extends StoredFields {
  items: StoredItem;
}

/** A process definition as it is stored. */
export interface StoredModel {
  _id?: unknown;
  name: string;
  owner?: string | null;
  source?: string;
  svg?: string | null;
  saved?: Date;
  processes?: Record<string, unknown>[];
  events?: Record<string, unknown>[];
  guard?: {
    rev: number;
    starts?: Record<string, unknown>[];
    /** Starts by its timers that were begun, by their element; gone when it is saved anew. */
    attempts?: Attempt[];
    /** Present while some of them are held back. */
    held?: true;
    [extra: string]: unknown;
  };
  [field: string]: unknown;
}

/** A user of the store-backed directory. */
export interface StoredUser {
  userName: string;
  userGroups: string[];
  tenantId?: string | null;
  modelsOwner?: string | null;
  attributes?: Record<string, unknown>;
  disabled?: boolean;
  /** Salted hash of the password, in a self-describing text form; never leaves the directory. */
  passwordHash?: string;
  /** Another one after each change but the renewal of a hash; missing: not changed since revisions are kept. */
  rev?: string | null;
  [extra: string]: unknown;
}

/** One line of the audit trail: who, for whom, what, on what, the answer, the reason. Never the data. */
export interface AuditEntry {
  readonly time: Date;
  readonly userName: string | null;
  readonly onBehalfOf?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly operation: string;
  readonly resource: {
    readonly kind: string;
    readonly id?: string | undefined;
    readonly instanceId?: string | undefined;
    readonly name?: string | undefined;
    /** Where a model that was saved holds code, such as `script in Task_1`; missing: it holds none. */
    readonly code?: readonly string[] | undefined;
  };
  readonly answer: 'allowed' | 'refused' | 'failed';
  /** An error code, or the rule that decided. */
  readonly reason: string;
  readonly bypass?: boolean | undefined;
  /** Where somebody signed in or out, or was not let in: the address, as the application knows it. */
  readonly address?: string | undefined;
  /** What decided about access before a user or a key was changed, and decides since: groups, rights, tenant. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
  /** This entry stands for so many of the same kind, which were too many to be recorded one by one. */
  readonly count?: number | undefined;
}
