import type { CaseAssignment } from '../../core/policies/case-roles/holders.js';
import type { CasesApi } from './case-types.js';
import type { PoliciesApi } from './policy-types.js';
import type { AuditApi } from './audit-types.js';
import type { WorkApi } from './work-types.js';
import type { TasksApi } from './task-types.js';
import type { UserInfo } from '../../core/principal.js';
import type { ModelWarning } from './model-warning.js';
import type { DefinitionView } from './definition-types.js';
import type {
  Data,
  ExecutionView,
  FoundRow,
  InstanceView,
  ItemView,
  ModelEvent,
  ModelView,
  Query,
} from './view-types.js';

export type * from './task-types.js';
export type * from './view-types.js';
export type * from './audit-types.js';
export type * from './work-types.js';

/** Options of a command. Upstream's other options act on other people's tasks and are refused. */
export interface CommandOptions {
  /** The start event, if a model has several. */
  readonly startNodeId?: string;
  /** Return once the input is stored, and continue in the background. */
  readonly noWait?: boolean;
  /** Of a start: the holders of each role of the case; with no `owner`, the starter becomes it. */
  readonly caseRoles?: Readonly<Record<string, Partial<CaseAssignment[string]>>>;
  /** The application's own options, for its listeners and services: in `execution.options` and in its log. */
  readonly [own: string]: unknown;
}

/**
 * The fields that an assignment sets. `assignee: null` releases the task. Further keys with plain values are stored
 * with the task.
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

/** A user task to add to a running instance. */
export interface NewTask extends Omit<Assignment, 'assignee'> {
  readonly name: string;
  readonly assignee?: string;
}

/** bpmn-server's own `BPMNAPI.engine`. The user may be omitted inside `runAs`. */
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
   * Signals all receivers that the principal may signal. If one fails, the others still receive it; then the first
   * failure is thrown.
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
  /**
   * Gives running instances the present source of their model, which must be readable; returns their ids. Left out are
   * those that have passed one of the nodes, work in the background, have reached an element that the model lacks, may
   * not be migrated, or are held or changed by others.
   */
  upgrade(model: string, afterNodeIds: readonly string[], user?: UserInfo): Promise<string[]>;
  get(query: Query, user?: UserInfo): Promise<ExecutionView>;
  /**
   * Suspends a running instance, given by its id or a query for one, and the processes below it: nothing can be done
   * with it, and its timers wait, until it is resumed. Needs `instance:suspend`.
   * @throws Conflict `wrong-state` if it is suspended already, or has ended
   */
  suspend(instance: string | Query, user?: UserInfo): Promise<InstanceView>;
  /** Resumes it. Timers that have become due in the meantime fire. Needs `instance:suspend`. */
  resume(instance: string | Query, user?: UserInfo): Promise<InstanceView>;
  /**
   * Ends a running instance with everything that waits in it and the processes below it; no code of its model runs.
   * Resolves to its id and those of the others that the user may read. Needs `instance:cancel`.
   */
  terminate(instance: string | Query, user?: UserInfo): Promise<string[]>;
  /**
   * Gives a running instance the current source of its own model or of another one. Needs `instance:migrate` for the
   * instance as it is and as it would be, and the model must be the user's to read. A suspended one stays suspended.
   * @throws Conflict `wrong-state`, naming them, if the model lacks elements that the instance has reached; nothing is
   * changed
   */
  migrate(instance: string | Query, model: string, user?: UserInfo): Promise<InstanceView>;
  /**
   * Adds a user task to a running instance. It must name somebody: an assignee or candidates. Needs `instance:event`.
   * Resolves to the task if the user may read it.
   * @throws Conflict `wrong-state` for an instance without a source of its own (`keep: { source: false }`);
   * `instance-full` if 100 have been added
   */
  addTask(instance: string | Query, task: NewTask, user?: UserInfo): Promise<ItemView | undefined>;
  /**
   * Starts a process that belongs to a running instance: what is suspended, resumed or terminated with that one. Needs
   * `instance:event`, and `instance:start` for the process.
   * @throws Conflict `instance-full` if 1000 have been added
   */
  addProcess(instance: string | Query, model: string, data?: Data, user?: UserInfo): Promise<ExecutionView>;
}

/** Selects a page of a list. */
export interface FindRequest {
  readonly filter?: Query;
  /** Cursor of the previous page. */
  readonly after?: string | null;
  /** Rows per page; default 10, at most 1000. */
  readonly limit?: number;
  readonly sort?: Record<string, 1 | -1>;
  readonly projection?: readonly string[] | Record<string, 0 | 1 | boolean>;
  /** Also count the rows, up to 10,000. */
  readonly getTotalCount?: boolean;
  /**
   * Also count the rows, all of them: refused with `too-expensive` where that takes more work, or on MongoDB more time,
   * than a query may.
   */
  readonly exactTotal?: boolean;
}

/** One page. `nextCursor` is the value for `after`, or null on the last page. */
export interface FindPage {
  readonly data: readonly FoundRow[];
  readonly nextCursor: string | null;
  /** The number of rows of all pages, if it was asked for. */
  readonly totalCount?: number;
  /** Counting stopped at `totalCount`: there are more rows. */
  readonly hasMoreThanTotal?: true;
}

/**
 * The rows of a list without paging. A list of more than 16 MiB is cut and has a cursor at which it continues: pass
 * it as `after` of `find` with the same conditions. The property is not enumerable.
 */
export type Rows<Row> = Row[] & { readonly nextCursor?: string };

/** bpmn-server's own `BPMNAPI.data`, and the paged `find`. */
export interface DataApi {
  getPendingUserTasks(query?: Query, user?: UserInfo): Promise<Rows<ItemView>>;
  findItems(query?: Query, user?: UserInfo): Promise<Rows<ItemView>>;
  /** Undefined if there is none, as upstream answers. */
  findItem(query: Query, user?: UserInfo): Promise<ItemView | undefined>;
  findInstances(
    query?: Query,
    user?: UserInfo,
    options?: 'summary' | 'full' | { projection?: FindRequest['projection']; sort?: Record<string, 1 | -1> },
  ): Promise<Rows<InstanceView>>;
  deleteInstances(query: Query, user?: UserInfo): Promise<{ deletedCount: number }>;
  /** A page of instances, or of items if the filter or sort names a field below `items.`. */
  find(request: FindRequest, user?: UserInfo): Promise<FindPage>;
}

/** Options of saving a model. */
export interface SaveOptions {
  /** The section in which a new model is made; missing: ROOT. A model that exists stays where it is. */
  readonly section?: string;
}

/** The result of saving a model. */
export interface SavedModel {
  /** The stored name: trimmed, and in Unicode's composed form. */
  readonly name: string;
  /** The parts of the model that are not understood or not supported; empty if there are none. */
  readonly warnings: readonly ModelWarning[];
}

/** bpmn-server's own `BPMNAPI.model`. */
export interface ModelApi {
  get(query?: Query, user?: UserInfo): Promise<ModelView[]>;
  list(query?: Query, user?: UserInfo): Promise<{ name: string; saved?: Date }[]>;
  /**
   * Stores a model. Warnings for its author are in the answer, in `warnings` of `get`, in the log and in the audit
   * trail.
   * @throws BadInput `bad-model` if it cannot be run, naming the element and the cause
   */
  save(
    name: string,
    source: string,
    svg?: string | null,
    user?: UserInfo,
    options?: SaveOptions,
  ): Promise<SavedModel>;
  /**
   * The warnings that `save` would give, without storing anything. For principals who may save models.
   * @throws BadInput `bad-model` if it cannot be run, naming the element and the cause
   */
  check(source: string, user?: UserInfo): Promise<readonly ModelWarning[]>;
  /** The model as bpmn-server loads it, read-only. */
  load(name: string, user?: UserInfo): Promise<DefinitionView>;
  getSource(name: string, user?: UserInfo): Promise<string>;
  findEvents(query?: Query, user?: UserInfo): Promise<ModelEvent[]>;
  findStartEvents(query?: Query, user?: UserInfo): Promise<ModelEvent[]>;
  delete(name: string, user?: UserInfo): Promise<boolean>;
  rename(name: string, newName: string, user?: UserInfo): Promise<boolean>;
  /**
   * Writes the sources of the matching models into an existing folder and resolves to their names. The principal
   * must be allowed to write each model.
   */
  export(query: Query, folder: string, user?: UserInfo): Promise<string[]>;
}

/** The engine, data and models; each call is enforced and scoped for its principal. */
export interface GuardApi {
  readonly engine: EngineApi;
  readonly data: DataApi;
  readonly model: ModelApi;
  readonly tasks: TasksApi;
  readonly work: WorkApi;
  readonly policies: PoliciesApi;
  readonly cases: CasesApi;
  readonly audit: AuditApi;
}
