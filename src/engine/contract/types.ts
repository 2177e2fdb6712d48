import type { Decision } from '../../core/decision.js';
import type { Operation } from '../../core/operation.js';
import type { Policy } from '../../core/policy.js';
import type { SecureUser, UserInfo } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { StoreOptions } from '../../store/open.js';
import type { AuditEntry, Store } from '../../store/port.js';
import type { GuardApi } from './api-types.js';
import type { Identity } from './identity-types.js';
import type { GuardedServer } from './server-types.js';

export type { StoreOptions } from '../../store/open.js';
export type * from './api-types.js';
export type * from './definition-types.js';
export type * from './identity-types.js';
export type * from './server-types.js';

/** Looks users up; see `directory` in the options. */
export interface Directory {
  /**
   * The user of that exact name; undefined or null when there is none. Rejects when it could not tell. It may be an
   * instance of a class with getters, such as a document of an object-relational mapper; of `disabled` every truthy
   * value counts.
   */
  find(userName: string): Promise<(UserInfo & { readonly disabled?: unknown }) | null | undefined>;
  /**
   * The user of that name when that is the password and the user is not disabled, else undefined; unknown users take as
   * long as others. Rejects when it could not tell.
   */
  verify?(userName: string, password: string): Promise<UserInfo | undefined>;
  /** Tells of each user that was changed, so that the next call sees it at once; gives what ends that. */
  onChanged?(handler: (userName: string) => void): () => void;
}

/**
 * Takes the audit trail elsewhere as well; called in order, awaited, a failure is logged and does not change
 * an answer.
 */
export type AuditSink = (entry: AuditEntry) => void | Promise<void>;

/** Where the guard writes what its operator should know; never data of users. */
export interface GuardLogger {
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

/** What a guard is made of. */
export interface GuardOptions {
  /** bpmn-server's configuration; the guard brings its own data store, model store and cache. */
  readonly configuration?: object;
  /** A server that was made with `{cron: false}`, instead of a configuration. */
  readonly server?: object;
  readonly store: StoreOptions | Store;
  /** Missing: what the application hands over about a user counts. */
  readonly directory?: Directory;
  /** Policies beside task rules and tenants. */
  readonly policies?: readonly Policy[];
  /**
   * May people of tenants, their administrators included, save models that hold code (`model:code`)? Default true.
   * Where the tenants do not trust each other it must be false: code of a model runs in the one process of all of them.
   */
  readonly tenantsMaySaveCode?: boolean;
  /**
   * Refuse to start when a permissive rule for ordinary users or designers has no marks to search by; default false:
   * `health()` names such rules. Rules that only other groups get are named once they are met.
   */
  readonly strictMarks?: boolean;
  readonly audit?: AuditSink;
  /** Where REQUIRE_AUTHENTICATION and ENFORCE_SECURITY are read from; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets warnings and errors; default: standard error. One that does nothing keeps the guard silent. */
  readonly logger?: GuardLogger;
  /** Accept a bpmn-server outside the supported range: its exact version, as text. */
  readonly acceptHostVersion?: string;
  /** Milliseconds a command waits for an instance that others hold; default 30000. */
  readonly lockWait?: number;
  /** Milliseconds after which a lock without a lease (an unguarded host's) counts as left behind; default 600000. */
  readonly staleLockAfter?: number;
  /**
   * Milliseconds between two looks for what another process on the same MongoDB left when it ended: overdue timers and
   * unfinished work; default 60000, at least 100. An embedded store has one process.
   */
  readonly takeOverEvery?: number;
  /**
   * Milliseconds that scripts, services and listeners of one command may take; default 300000. Then the caller is
   * answered `timed-out`, nothing of the command is stored, and the instance is free again.
   */
  readonly commandLimit?: number;
  /** Steps of elements that one command may take, default 10000; a loop without a wait ends with `too-many-steps`. */
  readonly stepLimit?: number;
  /** Passes of a loop over a collection, which may come from data; default 1000, more are `too-many-items`. */
  readonly loopLimit?: number;
  /**
   * What one instance may hold, in bytes as they are stored, at most 10000000 each. `data` (default 4194304) and
   * `assignments` (assignees, candidates and fields of your own, of all its items; 524288): over it, who adds more than
   * a little is refused with `too-large`. `caller` (4194304): what one caller may have added. `savePoints` (50) and
   * `savePointBytes` (4194304): how many, and how large together; the oldest are dropped, and their items can then no
   * longer be restarted at. `logLines` (1000, at most 2000): lines of its log, of 500 characters; older ones go.
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
   * What is stored with an instance: its log (default true), save points for restart (false), the model's
   * source (true).
   */
  readonly keep?: { readonly logs?: boolean; readonly savePoints?: boolean; readonly source?: boolean };
  /**
   * A folder of `.bpmn` files that are taken over at each start, and with `watch` (default false) whenever one changes.
   * Whoever can write there writes code that the server runs. A file never replaces a model that was saved otherwise.
   * Missing: the files of the configuration's `definitionsPath` are read once, at the first start into an empty store.
   */
  readonly models?: { readonly folder: string; readonly watch?: boolean };
}

/** A notification after the fact: ids and names only. */
export interface GuardEvent {
  readonly event: 'denied' | 'assigned' | 'completed' | 'started';
  readonly userName: string | null;
  readonly operation: Operation;
  readonly instanceId?: string;
  readonly itemId?: string;
  readonly elementId?: string;
  readonly modelName?: string;
  readonly assignee?: string;
}

/** How a guard and its store are. */
export interface Health {
  readonly ok: boolean;
  readonly store: {
    readonly kind: string;
    /** Whether it reads and writes. */
    readonly answers: boolean;
    /** Why it does not, in words without names of places: such as a full disk. */
    readonly cause?: string;
  };
  readonly missingIndexes: readonly string[];
  readonly reindexed: boolean;
  /** Instances with work between two instances that was not finished. */
  readonly stuck: number;
  /**
   * Instances with work that is held back, because processes ended while it was under way, and timers whose starts of
   * a model are; see `api.work`.
   */
  readonly held: number;
  /** Files of models that could not be taken over, and stored models that cannot be run; the others work. */
  readonly unreadableModels: readonly { readonly model: string; readonly why: string }[];
  readonly bypass: boolean;
  /**
   * What failed and was answered with a closed door since the guard was made, by kind, such as `policy`, `directory`,
   * `lock`, `model`, `notification`; each has a log line with its cause. Kinds that did not occur are left out.
   */
  readonly incidents: Readonly<Record<string, number>>;
  /**
   * Permissive rules, as `policy/rule`, from which no marks follow: lists look through all instances of the tenant for
   * them. Those for ordinary users and designers are found when the guard is made, those that only others get when one
   * of them asks for a list, which is logged once; at most 1,000.
   */
  readonly unmarked: readonly string[];
}

/** A guarded bpmn-server. */
export interface Guard {
  /**
   * bpmn-server's own shape; calls on its `engine`, `dataStore` and `definitions` are enforced for the
   * principal of `runAs`.
   */
  readonly server: GuardedServer;
  readonly api: GuardApi;
  readonly store: Store;
  readonly identity: Identity;
  /**
   * The API bound to one user, as it is at this moment: no call needs a user argument, and one that names somebody
   * else is a TypeError.
   * @throws AccessDenied `unauthenticated` when it is not a valid user
   */
  as(user: UserInfo): GuardApi;
  /**
   * Runs a function with the user as the ambient principal; ends with the promise, or other thenable, that it returns.
   * What still runs after that acts for nobody.
   */
  runAs<T>(user: UserInfo, fn: () => T | PromiseLike<T>): Promise<T>;
  /**
   * The resource as it is stored, or by its ids alone: `{ item: { id } }`, `{ instance: { id } }`, `{ model:
   * { name } }`.
   */
  can(user: UserInfo, operation: Operation, resource?: Resource): Promise<boolean>;
  /** The same with its reasons. To whom may not read the resource, it says no more than that it is not found. */
  explain(user: UserInfo, operation: Operation, resource?: Resource): Promise<Decision>;
  on(event: GuardEvent['event'], handler: (event: GuardEvent) => void | Promise<void>): () => void;
  install(): Promise<void>;
  health(): Promise<Health>;
  close(): Promise<void>;
  /** The principal of the current async context. */
  current(): SecureUser | undefined;
}
