import type { Decision } from '../core/decision.js';
import type { Operation } from '../core/operation.js';
import type { Policy } from '../core/policy.js';
import type { SecureUser, UserInfo } from '../core/principal.js';
import type { Resource } from '../core/resource.js';
import type { AuditEntry, Store } from '../store/port.js';

/** Where the data lives. */
export type StoreOptions =
  | { readonly url: string; readonly name: string; /** Milliseconds after which an unanswered call is given up; default 5000. */ readonly timeout?: number }
  | { readonly folder: string }
  | { readonly memory: true };

/** Looks users up; see `directory` in the options. */
export interface Directory {
  /** The user of that exact name, or undefined when there is none. Rejects when it could not tell. */
  find(userName: string): Promise<(UserInfo & { readonly disabled?: boolean }) | undefined>;
}

/** Takes the audit trail elsewhere as well; called in order, awaited, a failure is logged and does not change an answer. */
export type AuditSink = (entry: AuditEntry) => void | Promise<void>;

export interface GuardLogger {
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

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
  readonly audit?: AuditSink;
  /** Where REQUIRE_AUTHENTICATION and ENFORCE_SECURITY are read from; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logger?: GuardLogger;
  /** Accept a bpmn-server outside the supported range: its exact version, as text. */
  readonly acceptHostVersion?: string;
  /** Milliseconds a command waits for an instance that others hold; default 30000. */
  readonly lockWait?: number;
  /** Milliseconds after which a lock without a lease (an unguarded host's) counts as left behind; default 600000. */
  readonly staleLockAfter?: number;
  /** What is stored with an instance: its log (default true), save points for restart (false), the model's source (true). */
  readonly keep?: { readonly logs?: boolean; readonly savePoints?: boolean; readonly source?: boolean };
}

export type Data = Record<string, unknown>;
export type Query = Record<string, unknown>;

/** Admitted options of a command; any other key is refused. */
export interface CommandOptions {
  /** Which start event, where a model has several. */
  readonly startNodeId?: string;
  /** Return when the input is stored, and go on in the background. */
  readonly noWait?: boolean;
}

/** A task or another element of an instance, as a caller gets it. */
export interface ItemView {
  readonly id: string;
  readonly instanceId: string;
  readonly processName: string;
  readonly elementId: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly seq: number;
  readonly assignee?: string | null;
  readonly candidateUsers?: readonly string[];
  readonly candidateGroups?: readonly string[];
  /** What may be done with a user task at this moment. */
  readonly state?: TaskState;
  readonly owner?: string;
  readonly completedBy?: string;
  /** Present where the principal may read the instance. */
  readonly data?: Data;
  readonly [field: string]: unknown;
}

/** The states of a waiting user task (spec 08, 3), and `done`. */
export type TaskState = 'open' | 'unclaimed' | 'assigned' | 'delegated' | 'closed' | 'starting' | 'done';

export interface InstanceView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly version: number;
  readonly startedAt?: Date;
  readonly endedAt?: Date | null;
  readonly startedBy?: string;
  readonly data: Data;
  /** Those that the principal may read. */
  readonly items: readonly ItemView[];
  readonly [field: string]: unknown;
}

/** What a command returns: a plain view, pruned to what the principal may read (spec 08, 38). */
export interface ExecutionView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly data: Data;
  readonly instance: InstanceView;
  readonly items: readonly ItemView[];
  /** The item that the command acted on, where it may be read. */
  readonly item?: ItemView;
  readonly tokens: readonly Record<string, unknown>[];
  /** Itself, since applications use it. */
  readonly execution: ExecutionView;
  getItems(): readonly ItemView[];
  /** Resolves to a fresh view when work begun with `noWait` has settled. */
  tillDone(): Promise<ExecutionView>;
}

export interface Assignment {
  readonly assignee?: string | null;
  readonly candidateUsers?: readonly string[] | string | null;
  readonly candidateGroups?: readonly string[] | string | null;
  readonly dueDate?: Date | string | null;
  readonly followUpDate?: Date | string | null;
  readonly priority?: number | string | null;
  readonly [extra: string]: unknown;
}

/** bpmn-server's own `BPMNAPI.engine`. The user may be left out inside `runAs`. */
export interface EngineApi {
  start(name: string, data?: Data, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView>;
  invoke(query: Query, data?: Data, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView>;
  assign(query: Query, data: Data, assignment: Assignment, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView>;
  throwMessage(messageId: string, data?: Data, matching?: Query | null, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView | null>;
  throwSignal(signalId: string, data?: Data, matching?: Query | null, user?: UserInfo, options?: CommandOptions): Promise<(string | { instanceId: string; itemId: string })[]>;
  startEvent(instanceId: string | Query, elementId: string, data?: Data, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView>;
  restart(itemQuery: Query, data?: Data, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView>;
  upgrade(model: string, afterNodeIds: readonly string[], user?: UserInfo): Promise<string[]>;
  get(query: Query, user?: UserInfo): Promise<ExecutionView>;
}

export interface FindRequest {
  readonly filter?: Query;
  /** Cursor of the page before. */
  readonly after?: string | null;
  /** Rows per page; default 10, at most 1000. */
  readonly limit?: number;
  readonly sort?: Record<string, 1 | -1>;
  readonly projection?: readonly string[] | Record<string, 0 | 1 | boolean>;
  readonly getTotalCount?: boolean;
}

export interface FindPage {
  readonly data: readonly Data[];
  readonly nextCursor: string | null;
  readonly totalCount?: number;
}

/** bpmn-server's own `BPMNAPI.data`, and the paged `find`. */
export interface DataApi {
  getPendingUserTasks(query?: Query, user?: UserInfo): Promise<ItemView[]>;
  findItems(query?: Query, user?: UserInfo): Promise<ItemView[]>;
  /** Undefined when there is none, as upstream answers. */
  findItem(query: Query, user?: UserInfo): Promise<ItemView | undefined>;
  findInstances(query?: Query, user?: UserInfo, options?: 'summary' | 'full' | { projection?: unknown; sort?: Record<string, 1 | -1> }): Promise<InstanceView[]>;
  deleteInstances(query: Query, user?: UserInfo): Promise<{ deletedCount: number }>;
  /** A page of instances, or of items where the filter or sort names a field below `items.`. */
  find(request: FindRequest, user?: UserInfo): Promise<FindPage>;
}

/** bpmn-server's own `BPMNAPI.model`. */
export interface ModelApi {
  get(query?: Query, user?: UserInfo): Promise<Data[]>;
  list(query?: Query, user?: UserInfo): Promise<{ name: string; saved?: Date }[]>;
  save(name: string, source: string, svg?: string | null, user?: UserInfo): Promise<boolean>;
  load(name: string, user?: UserInfo): Promise<Data>;
  getSource(name: string, user?: UserInfo): Promise<string>;
  findEvents(query?: Query, user?: UserInfo): Promise<Data[]>;
  findStartEvents(query?: Query, user?: UserInfo): Promise<Data[]>;
  delete(name: string, user?: UserInfo): Promise<boolean>;
  rename(name: string, newName: string, user?: UserInfo): Promise<boolean>;
  /** Writes the sources of the models found into an existing folder; resolves to their names. */
  export(query: Query, folder: string, user?: UserInfo): Promise<string[]>;
}

/** The life cycle of one user task, by its id (spec 01, Task life cycle). */
export interface TasksApi {
  take(itemId: string, user?: UserInfo): Promise<ItemView>;
  /** Undefined in return: the task may no longer be read by who released it. */
  release(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  assign(itemId: string, assignee: string, user?: UserInfo): Promise<ItemView | undefined>;
  delegate(itemId: string, to: string, user?: UserInfo): Promise<ItemView>;
  /** By the delegate: gives it back. By the owner: recalls it. */
  resolve(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  complete(itemId: string, data?: Data, user?: UserInfo): Promise<ExecutionView>;
  /** How many items `findItems` would find; waiting user tasks where no query is given. */
  count(query?: Query, user?: UserInfo): Promise<number>;
  /** Who else may do the task, for people pickers. */
  candidates(itemId: string, user?: UserInfo): Promise<{ users: string[]; groups: string[] }>;
}

/** The engine, data and models, each call enforced and scoped for its principal. */
export interface GuardApi {
  readonly engine: EngineApi;
  readonly data: DataApi;
  readonly model: ModelApi;
  readonly tasks: TasksApi;
}

/** A notification after the fact: ids and names only (spec 08, 39). */
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

export interface Health {
  readonly ok: boolean;
  readonly store: { readonly kind: string; readonly answers: boolean };
  readonly missingIndexes: readonly string[];
  readonly reindexed: boolean;
  /** Instances with work between two instances that was not finished. */
  readonly stuck: number;
  readonly bypass: boolean;
}

/** A guarded bpmn-server. */
export interface Guard {
  /** bpmn-server's own shape; calls on its `engine`, `dataStore` and `definitions` are enforced for the principal of `runAs`. */
  readonly server: { readonly engine: unknown; readonly dataStore: unknown; readonly definitions: unknown; readonly [member: string]: unknown };
  readonly api: GuardApi;
  readonly store: Store;
  /** The API bound to one user: no call needs a user argument. */
  as(user: UserInfo): GuardApi;
  /** Runs a function with the user as the ambient principal; ends with the promise it returns. */
  runAs<T>(user: UserInfo, fn: () => T | Promise<T>): Promise<T>;
  can(user: UserInfo, operation: Operation, resource?: Resource): Promise<boolean>;
  /** To whom may not read the resource, it says no more than that it is not found. */
  explain(user: UserInfo, operation: Operation, resource?: Resource): Promise<Decision>;
  on(event: GuardEvent['event'], handler: (event: GuardEvent) => void | Promise<void>): () => void;
  install(): Promise<void>;
  health(): Promise<Health>;
  close(): Promise<void>;
  /** The principal of the current async context. */
  current(): SecureUser | undefined;
}
