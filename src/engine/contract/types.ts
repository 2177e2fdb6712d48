import type { Decision } from '../../core/decision/decision.js';
import type { Operation } from '../../core/operation.js';
import type { Policy } from '../../core/policy.js';
import type { SecureUser, UserInfo } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { Right } from '../../core/rights.js';
import type { StoreOptions } from '../../store/open.js';
import type { AuditEntry, Store } from '../../store/port.js';
import type { GuardApi } from './api-types.js';
import type { DecisionAbout } from './case-types.js';
import type { Directory } from './directory-types.js';
import type { Identity } from './identity-types.js';
import type { PolicyFilesOption } from './policy-types.js';
import type { GuardedServer } from './server-types.js';

export type { StoreOptions } from '../../store/open.js';
export type * from './api-types.js';
export type * from './case-types.js';
export type * from './definition-types.js';
export type * from './directory-types.js';
export type * from './duty-types.js';
export type * from './grid-types.js';
export type * from './identity-types.js';
export type * from './policy-types.js';
export type * from './section-types.js';
export type * from './server-types.js';

/** Receives the audit trail too. Called in order and awaited; a failure is logged and does not change an answer. */
export type AuditSink = (entry: AuditEntry) => void | Promise<void>;

/** Receives messages for the guard's operator; never user data. */
export interface GuardLogger {
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

/** Options of {@link createGuard}. */
export interface GuardOptions {
  /**
   * bpmn-server's configuration; misspelt members are refused. The guard brings its own data store, model store and
   * cache.
   */
  readonly configuration?: object;
  /** A server created with `{cron: false}`, instead of a configuration. */
  readonly server?: object;
  readonly store: StoreOptions | Store;
  /** Looks users up. Missing: the application's own data about a user is trusted. */
  readonly directory?: Directory;
  /** Policies in addition to the task rules and tenants. */
  readonly policies?: readonly Policy[];
  /**
   * Whether people of tenants, including their administrators, may save models that contain code (`model:code`).
   * Default true. Must be false if tenants do not trust each other: a model's code runs in the process that they
   * all share.
   */
  readonly tenantsMaySaveCode?: boolean;
  /**
   * Refuses to start if a permissive rule for ordinary users or designers has no marks to search by. Default false:
   * `health()` names such rules. Rules that apply only to other groups are named once they are met.
   */
  readonly strictMarks?: boolean;
  readonly audit?: AuditSink;
  /** Environment with REQUIRE_AUTHENTICATION and ENFORCE_SECURITY; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Receives warnings and errors; default: standard error. */
  readonly logger?: GuardLogger;
  /** Accepts a bpmn-server outside the supported range, given its exact version. */
  readonly acceptHostVersion?: string;
  /** Milliseconds a command waits for a locked instance; default 30000. */
  readonly lockWait?: number;
  /** Milliseconds after which a lock without a lease (an unguarded host's) counts as abandoned; default 600000. */
  readonly staleLockAfter?: number;
  /**
   * Milliseconds between two looks for work left by another process on the same MongoDB: overdue timers and
   * unfinished work. Default 60000, at least 100. An embedded store has only one process.
   */
  readonly takeOverEvery?: number;
  /**
   * Milliseconds that scripts, services and listeners of one command may take; default 300000. After that the
   * caller gets `timed-out`, nothing of the command is stored, and the instance is released.
   */
  readonly commandLimit?: number;
  /**
   * Element steps that one command may take, with those of commands on other instances that led to it by messages and
   * signals; default 10000. A loop without a wait ends with `too-many-steps`.
   */
  readonly stepLimit?: number;
  /**
   * Passes of a loop over a collection, which may come from data; default 1000. More are refused with
   * `too-many-items`.
   */
  readonly loopLimit?: number;
  /** Sections, and models in them, that a user may make who is no administrator; default 10000. */
  readonly sectionLimit?: number;
  /**
   * Limits of one instance, in bytes as stored, at most 10000000 each. `data` (default 4194304) and `assignments`
   * (assignees, candidates and fields of your own, of all items; 524288): beyond it, additions that are not small
   * are refused with `too-large`. `caller` (4194304): the total that one caller may add. `savePoints` (50) and
   * `savePointBytes` (4194304): their number and total size; the oldest are dropped, and instances can no longer be
   * restarted at them. `logLines` (1000, at most 2000): lines of its log, of 500 characters each; older ones are
   * dropped.
   */
  readonly instanceLimits?: {
    readonly data?: number;
    readonly assignments?: number;
    readonly caller?: number;
    readonly savePoints?: number;
    readonly savePointBytes?: number;
    readonly logLines?: number;
  };
  /**
   * What is stored with an instance: its log (default true), save points for restart (false), the model's source
   * (true).
   */
  readonly keep?: { readonly logs?: boolean; readonly savePoints?: boolean; readonly source?: boolean };
  /**
   * A folder of `.bpmn` files that are imported at each start and, with `watch` (default false), after each change.
   * Anyone who can write there writes code that the server runs. A file never replaces a model that was saved by
   * other means. Missing: the files in the configuration's `definitionsPath` are read once, at the first start with
   * an empty store.
   */
  readonly models?: { readonly folder: string; readonly watch?: boolean };
  /** Files that say who may do what, beside the API. */
  readonly policyFiles?: PolicyFilesOption;
}

/** The events that handlers of `guard.on` can be told of. */
export const EVENT_NAMES = [
  'denied',
  'started',
  'assigned',
  'completed',
  'rejected',
  'escalated',
  'suspended',
  'resumed',
  'terminated',
  'migrated',
] as const;

/** A notification after the fact, with ids and names only. */
export interface GuardEvent {
  readonly event: (typeof EVENT_NAMES)[number];
  readonly userName: string | null;
  /** The operation; the missing right if `requireRight` refused; the name passed to `identity.call` if that refused. */
  readonly operation: string;
  readonly instanceId?: string;
  readonly itemId?: string;
  readonly elementId?: string;
  readonly modelName?: string;
  readonly assignee?: string;
}

/** The state of a guard and its store. */
export interface Health {
  readonly ok: boolean;
  readonly store: {
    readonly kind: string;
    /** Whether the store reads and writes. */
    readonly answers: boolean;
    /** Why it does not, such as a full disk; contains no paths or addresses. */
    readonly cause?: string;
  };
  readonly missingIndexes: readonly string[];
  readonly reindexed: boolean;
  /** Number of instances with unfinished work on other instances; counted up to 10,000, as `held` is. */
  readonly stuck: number;
  /** Number of instances with held work, and of timers whose starts of a model are held; see `api.work`. */
  readonly held: number;
  /**
   * Tasks and roles without a person, among the newest 1000 waiting tasks; counted at most once a minute. `tasks`:
   * their assignee is gone or disabled, 0 without a directory; `roles`: security roles without holders; `complete`:
   * false if there were more to examine. Missing if the guard could not tell. See `api.work.orphans`.
   */
  readonly orphans?:
    { readonly tasks: number; readonly roles: number; readonly complete: boolean } | undefined;
  /** Model files that could not be imported, and stored models that cannot be run; the others work. */
  readonly unreadableModels: readonly { readonly model: string; readonly why: string }[];
  /** Why changed policy files are not in force; missing: they are. */
  readonly policyFiles?: string;
  readonly bypass: boolean;
  /**
   * Number of failures answered by a refusal since the guard was created, by kind: `policy`, `directory`, `lock`,
   * `model`, `notification` and so on. Each has a log line with its cause. Kinds that did not occur are omitted.
   */
  readonly incidents: Readonly<Record<string, number>>;
  /**
   * Permissive rules, as `policy/rule`, from which no marks follow: lists scan all instances of the tenant for
   * them. Rules for ordinary users and designers are found when the guard is created, others when one of their
   * principals requests a list, which is logged once; at most 1,000.
   */
  readonly unmarked: readonly string[];
}

/** A guarded bpmn-server. */
export interface Guard {
  /**
   * bpmn-server's own shape. Calls on its `engine`, `dataStore` and `definitions` are enforced for the principal of
   * `runAs`.
   */
  readonly server: GuardedServer;
  readonly api: GuardApi;
  /** The policies, as `api.policies`. */
  readonly policies: GuardApi['policies'];
  readonly store: Store;
  readonly identity: Identity;
  /**
   * The API bound to one user, as the user is at this moment. Calls need no user argument, and naming another user
   * is a TypeError.
   * @throws AccessDenied `unauthenticated` if it is not a valid user
   */
  as(user: UserInfo): GuardApi;
  /**
   * Runs a function with the user as the ambient principal, until the promise or other thenable that it returns
   * settles. Work that continues after that has no principal.
   */
  runAs<T>(user: UserInfo, fn: () => T | PromiseLike<T>): Promise<T>;
  /**
   * Decides about a stored resource, given by its ids: `{ item: { id } }`, `{ instance: { id } }`, `{ model: { name
   * } }`. Given a right instead of an operation, tells whether the user holds it.
   * @param about which case operation is asked for, such as `{ caseOperation: 'ADD_DATA' }`; missing: all of them
   * @throws BadInput `bad-request` for a resource that is not such an object, such as a bare id
   */
  can(
    user: UserInfo,
    operation: Operation | Right,
    resource?: Resource,
    about?: DecisionAbout,
  ): Promise<boolean>;
  /** The decision with its reasons. If the user may not read the resource, it says only that it was not found. */
  explain(
    user: UserInfo,
    operation: Operation,
    resource?: Resource,
    about?: DecisionAbout,
  ): Promise<Decision>;
  on(event: GuardEvent['event'], handler: (event: GuardEvent) => void | Promise<void>): () => void;
  install(): Promise<void>;
  health(): Promise<Health>;
  close(): Promise<void>;
  /** The principal of the current async context. */
  current(): SecureUser | undefined;
}
