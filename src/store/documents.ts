import type { CaseGuard } from './case-documents.js';

/** The documents that a store keeps. */

import type { Escalation, Handed, Suspension, TaskFact } from './task-documents.js';
import type { Attempt, Delivery } from './work-documents.js';

export type * from './task-documents.js';
export type * from './work-documents.js';

/**
 * The fields of a stored instance without its items. `guard` belongs to this package, all others to the host. The
 * host leaves some of them undefined; writing undefined clears the field.
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

/** A stored instance. */
export interface StoredInstance extends StoredFields {
  items?: StoredItem[];
}

/** A stored item: one step of an instance, such as a task. */
export interface StoredItem {
  id: string;
  elementId?: string;
  type?: string;
  status?: string;
  seq?: number;
  guard?: ItemGuard;
  [field: string]: unknown;
}

/** The guard's data about one item, copied to `items[].guard` at every save. Scopes use it. */
export interface ItemGuard {
  /** The model does not restrict the task. */
  open?: boolean;
  /** Only an administrator may do the task: not open, no assignee, no candidates. Derived at every save. */
  closed?: boolean;
  /** The model does not restrict the task; whether it is open is decided when its command is committed. */
  undecided?: boolean;
  /** The reason why it is closed, without data. */
  why?: string;
  startedBy?: string;
  /** The lender of the task, while it is delegated. */
  owner?: string;
  completedBy?: string;
  /** Labels that the task reserves while it waits, and for whom. */
  labels?: Record<string, readonly string[]>;
  /** Candidates who have rejected the task. */
  rejectedBy?: string[];
  /** All candidates have rejected it. Kept up to date by every command that changes either. */
  stuck?: true;
  /** Whom the model names to escalate the task to. */
  escalateTo?: Handed;
  escalation?: Escalation;
  /** The model lets the assignee suspend it. */
  suspendable?: true;
  /** Who has suspended the task itself, and when. */
  suspension?: Suspension;
  /** The task or its instance is suspended. Derived at every save. */
  suspended?: true;
  /** The key of the thrown message that it has received. */
  received?: string;
  [extra: string]: unknown;
}

/** A write of one command to an instance other than its main one. */
export interface PendingWrite {
  /** The revision that is replaced; null: a new instance. */
  readonly rev: number | null;
  readonly fields: StoredInstance;
  /** Lines to add to its log. */
  readonly log?: readonly unknown[];
}

/** The guard's data about an instance, stored beside the host's fields. */
export interface InstanceGuard extends CaseGuard {
  /** Revision of the guard, incremented at every commit. */
  rev: number;
  startedBy?: string;
  /** The user who caused work that no person started; informational. */
  causedBy?: string;
  /** Of a called process: the instance at the top of the calls, and who started those that led to it. */
  root?: string;
  callers?: string[];
  /** Of an instance that calls others or is called: what its own user tasks tell, and what those of the others do. */
  facts?: TaskFact[];
  did?: TaskFact[];
  /** Set until the other instances of the case have been told what this one contains. */
  untold?: true;
  /** Marks by which lists find the waiting items of the instance, and those by which they find all its items. */
  open?: string[];
  read?: string[];
  /** Whether a timer of one of its items waits. Missing: stored before this was recorded, so that it may. */
  timers?: boolean;
  /** The version of the format of these marks. */
  format?: number;
  /** The paths below `data` for which the instance is marked: the first of the list of all of them. */
  dataPaths?: readonly string[];
  items?: Record<string, ItemGuard>;
  /** Who has won which label of the access rules grid for good. */
  won?: Record<string, readonly string[]>;
  /** Who holds which label, won or reserved by a task, and how many they are. Derived at every save. */
  roles?: Record<string, readonly string[]>;
  roleCounts?: Record<string, number>;
  /** True from the return of a `noWait` command until its work has settled. */
  busy?: boolean;
  /** The origin of that work: the invoked item (null: the start), and its user. */
  begun?: { itemId: string | null; userName: string };
  /** The error message of failed `noWait` work. */
  failure?: string;
  outbox?: Delivery[];
  /** Work that has begun, by item id; `background` for `noWait` work. */
  attempts?: Record<string, Attempt> | undefined;
  /** Set while some of that work is held back. */
  held?: true;
  /** Writes committed with this instance that are not written yet, or not known to be. */
  pending?: PendingWrite[];
  /** Set while the instance is suspended. */
  suspension?: Suspension;
  /**
   * Set while what was done to the instance (suspended, resumed, terminated) is carried on to the processes below it:
   * the instance it was done to first, and the revision of this one at that time.
   */
  spread?: { readonly root: string; readonly rev: number };
  /** The instances that were added to this one. */
  processes?: string[];
  /** The instance to which this one was added. */
  addedTo?: string;
  /** Uncaught errors of the model: their number, and the newest. */
  uncaught?: { count: number; newest: { at: Date; elementId?: string; itemId?: string; error: string }[] };
  /** Set while `busy`, `spread` or `untold` is set, or `outbox` or `pending` is not empty; indexed. */
  unfinished?: true;
  [extra: string]: unknown;
}

/** One item of an instance: the document of the instance, with the item in place of the list. */
export interface UnwoundItem extends StoredFields {
  items: StoredItem;
}

/** A stored process definition. */
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
    /** Timer starts that have begun, by element; removed when the model is saved again. */
    attempts?: Attempt[];
    /** Set while some of them are held back. */
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
  /** Salted password hash in a self-describing text form; never leaves the directory. */
  passwordHash?: string;
  /** Changes with each write except the renewal of a hash; missing: not changed since revisions exist. */
  rev?: string | null;
  [extra: string]: unknown;
}

/** One entry of the audit trail: user, cause, operation, resource, decision, reason. Never the data. */
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
    /** Places of code in a saved model, such as `script in Task_1`; missing: it contains no code. */
    readonly code?: readonly string[] | undefined;
  };
  readonly answer: 'allowed' | 'refused' | 'failed';
  /** An error code, or the rule that decided. */
  readonly reason: string;
  readonly bypass?: boolean | undefined;
  /** The client address of a login, logout or refused login, as the application knows it. */
  readonly address?: string | undefined;
  /** The groups, rights and tenant of a user or key before and after a change. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
  /** The names of duties that forbade it, and that an administrator overrode. */
  readonly overrides?: readonly string[] | undefined;
  /** The number of similar entries that this one stands for, when there were too many to record each. */
  readonly count?: number | undefined;
}
