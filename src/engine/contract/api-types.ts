import type { UserInfo } from '../../core/principal.js';
import type { ModelWarning } from '../model/dialects/warning.js';
import type { DefinitionView } from './definition-types.js';
import type {
  Data,
  ExecutionView,
  FoundRow,
  InstanceView,
  ItemView,
  ModelEvent,
  ModelView,
} from './view-types.js';

export type * from './view-types.js';
export type Query = Record<string, unknown>;

/** Options of a command. Upstream's others act on the tasks of strangers and are refused. */
export interface CommandOptions {
  /** Which start event, where a model has several. */
  readonly startNodeId?: string;
  /** Return when the input is stored, and go on in the background. */
  readonly noWait?: boolean;
  /** The application's own, for its listeners and services: `execution.options`, and in its log. */
  readonly [own: string]: unknown;
}

/**
 * What an assignment sets; `assignee: null` gives the task back. Further keys with plain values are kept with
 * the task.
 */
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
  assign(
    query: Query,
    data: Data,
    assignment: Assignment,
    user?: UserInfo,
    options?: CommandOptions,
  ): Promise<ExecutionView>;
  throwMessage(
    messageId: string,
    data?: Data,
    matching?: Query | null,
    user?: UserInfo,
    options?: CommandOptions,
  ): Promise<ExecutionView | null>;
  /**
   * Reaches all whom the principal may signal. Where one fails the others are reached all the same; then the
   * first failure is thrown.
   */
  throwSignal(
    signalId: string,
    data?: Data,
    matching?: Query | null,
    user?: UserInfo,
    options?: CommandOptions,
  ): Promise<(string | { instanceId: string; itemId: string })[]>;
  startEvent(
    instanceId: string | Query,
    elementId: string,
    data?: Data,
    user?: UserInfo,
    options?: CommandOptions,
  ): Promise<ExecutionView>;
  restart(itemQuery: Query, data?: Data, user?: UserInfo, options?: CommandOptions): Promise<ExecutionView>;
  upgrade(model: string, afterNodeIds: readonly string[], user?: UserInfo): Promise<string[]>;
  get(query: Query, user?: UserInfo): Promise<ExecutionView>;
}

/** Which page of which list. */
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

/** One page; `nextCursor` is null on the last, and what `after` takes on the others. */
export interface FindPage {
  readonly data: readonly FoundRow[];
  readonly nextCursor: string | null;
  readonly totalCount?: number;
}

/**
 * The rows of a list that is not paged. One that would be worth more than 16 MiB ends before, and has the cursor at
 * which it goes on: as `after` of `find` with the same conditions. The property is not enumerable.
 */
export type Rows<Row> = Row[] & { readonly nextCursor?: string };

/** bpmn-server's own `BPMNAPI.data`, and the paged `find`. */
export interface DataApi {
  getPendingUserTasks(query?: Query, user?: UserInfo): Promise<Rows<ItemView>>;
  findItems(query?: Query, user?: UserInfo): Promise<Rows<ItemView>>;
  /** Undefined when there is none, as upstream answers. */
  findItem(query: Query, user?: UserInfo): Promise<ItemView | undefined>;
  findInstances(
    query?: Query,
    user?: UserInfo,
    options?: 'summary' | 'full' | { projection?: FindRequest['projection']; sort?: Record<string, 1 | -1> },
  ): Promise<Rows<InstanceView>>;
  deleteInstances(query: Query, user?: UserInfo): Promise<{ deletedCount: number }>;
  /** A page of instances, or of items where the filter or sort names a field below `items.`. */
  find(request: FindRequest, user?: UserInfo): Promise<FindPage>;
}

/** What comes of saving a model. */
export interface SavedModel {
  /** As it is stored: trimmed, and in Unicode's composed form. */
  readonly name: string;
  /** What of the model is not understood, or not done; empty where there is nothing to say. */
  readonly warnings: readonly ModelWarning[];
}

/** bpmn-server's own `BPMNAPI.model`. */
export interface ModelApi {
  get(query?: Query, user?: UserInfo): Promise<ModelView[]>;
  list(query?: Query, user?: UserInfo): Promise<{ name: string; saved?: Date }[]>;
  /**
   * Stores a model. What its author should know of it is in the answer, in `warnings` of `get`, in the log and in the
   * audit trail.
   * @throws BadInput `bad-model` naming the element and the cause, when it cannot be run
   */
  save(name: string, source: string, svg?: string | null, user?: UserInfo): Promise<SavedModel>;
  /**
   * What `save` would warn of, without storing anything; for those who may save models.
   * @throws BadInput `bad-model` naming the element and the cause, when it cannot be run
   */
  check(source: string, user?: UserInfo): Promise<readonly ModelWarning[]>;
  /** The model as bpmn-server loads it, to be looked at. */
  load(name: string, user?: UserInfo): Promise<DefinitionView>;
  getSource(name: string, user?: UserInfo): Promise<string>;
  findEvents(query?: Query, user?: UserInfo): Promise<ModelEvent[]>;
  findStartEvents(query?: Query, user?: UserInfo): Promise<ModelEvent[]>;
  delete(name: string, user?: UserInfo): Promise<boolean>;
  rename(name: string, newName: string, user?: UserInfo): Promise<boolean>;
  /**
   * Writes the sources of the models found into an existing folder; resolves to their names. Each must be one
   * that may be written.
   */
  export(query: Query, folder: string, user?: UserInfo): Promise<string[]>;
}

/** The life cycle of one user task, by its id. */
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

/** Work that nobody waits for and that is held back, because processes ended while it was under way. */
export interface HeldWork {
  /** What `retry` and `stop` take. */
  readonly id: string;
  /** Missing of a start: it has left no instance. */
  readonly instanceId?: string;
  readonly modelName: string;
  readonly tenantId?: string;
  /**
   * A timer that fired, `noWait` work that was resumed, what another instance had for this one, or the start of a
   * model by its timer.
   */
  readonly work: 'timer' | 'background' | 'delivery' | 'start';
  readonly itemId?: string;
  readonly elementId?: string;
  /** When it was last begun, or held back. */
  readonly since: Date;
  /** How many processes ended while it was under way. */
  readonly ended: number;
}

/**
 * For administrators: work that nobody waits for. All three ask `instance:cancel` of the instance; of a start by a
 * timer they ask `model:write` of the model.
 */
export interface WorkApi {
  list(user?: UserInfo): Promise<HeldWork[]>;
  /** Lets work that is held back begin again: all of an instance, or the starts by one timer from its next time on. */
  retry(id: string, user?: UserInfo): Promise<void>;
  /**
   * Ends a running instance at once, with all that waits in it and what it has called; also while a script or service
   * of it runs, whose caller is answered `conflict`. Resolves to the ids of what was ended.
   */
  stop(id: string, user?: UserInfo): Promise<string[]>;
}

/** The engine, data and models, each call enforced and scoped for its principal. */
export interface GuardApi {
  readonly engine: EngineApi;
  readonly data: DataApi;
  readonly model: ModelApi;
  readonly tasks: TasksApi;
  readonly work: WorkApi;
}
