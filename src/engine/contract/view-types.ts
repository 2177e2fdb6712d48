import type { ModelWarning } from '../model/dialects/warning.js';
import type { DefinitionView } from './definition-types.js';

export type Data = Record<string, unknown>;

/**
 * A task or another element of an instance, as a caller gets it. Rows of a list with a projection hold its fields and
 * `id` only.
 */
export interface ItemView {
  readonly id: string;
  readonly instanceId: string;
  /** Name of the model that the instance runs. */
  readonly processName: string;
  readonly elementId: string;
  readonly name?: string | null;
  readonly type: string;
  readonly status: string;
  readonly seq: number;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  /** When a timer is due. */
  readonly timeDue?: Date | null;
  readonly dueDate?: Date | null;
  readonly followUpDate?: Date | null;
  readonly priority?: number | null;
  readonly itemKey?: string | null;
  readonly messageId?: string | null;
  readonly signalId?: string | null;
  /** Of user tasks; null: nobody has it. Shown to those who may see for whom it is, and to the assignee. */
  readonly assignee?: string | null;
  readonly candidateUsers?: readonly string[];
  readonly candidateGroups?: readonly string[];
  /** What may be done with a user task at this moment. */
  readonly state?: TaskState;
  /** Why a task is closed. */
  readonly why?: string;
  /** Who has lent the task. */
  readonly owner?: string;
  readonly completedBy?: string;
  /** Data of the task's own scope, where the principal may read the instance. */
  readonly data?: Data;
  /** Data of the whole instance, where the principal may read it. */
  readonly instanceData?: Data;
  readonly [field: string]: unknown;
}

/** The states of a waiting user task, and `done`. */
export type TaskState = 'open' | 'unclaimed' | 'assigned' | 'delegated' | 'closed' | 'starting' | 'done';

/** An instance as a caller gets it. */
export interface InstanceView {
  readonly id: string;
  readonly name: string;
  /** Missing, as what follows it, where the principal may read items of the instance only. */
  readonly status?: string;
  readonly version?: number;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  /** When it was stored last. */
  readonly saved?: Date | null;
  readonly startedBy?: string;
  readonly parentItemId?: string | null;
  readonly tenantId?: string | null;
  /** Empty where the principal may not read the instance. */
  readonly data: Data;
  /** Those that the principal may read. */
  readonly items: readonly ItemView[];
  /**
   * True when more may be read than `items` holds, since an answer ends at 16 MiB: `find` with
   * `{ filter: { id, 'items.id': { $exists: true } } }` pages through all of them.
   */
  readonly itemsCut?: true;
  readonly [field: string]: unknown;
}

/** What a command returns: a plain view, pruned to what the principal may read. */
export interface ExecutionView {
  readonly id: string;
  readonly name: string;
  /** Missing where the principal may read items of the instance only. */
  readonly status?: string;
  readonly data: Data;
  readonly instance: InstanceView;
  readonly items: readonly ItemView[];
  /** The item that the command acted on, where it may be read. */
  readonly item?: ItemView;
  readonly tokens: readonly Record<string, unknown>[];
  /** Itself, since applications use it. */
  readonly execution: ExecutionView;
  /** The model that it runs, where the principal may read both. Not enumerable. */
  readonly definition?: DefinitionView;
  getItems(): readonly ItemView[];
  /** Data at a path, such as that of a token; all of it where none is given. */
  getData(path?: string): unknown;
  /** Resolves to a fresh view when work begun with `noWait` has settled. */
  tillDone(): Promise<ExecutionView>;
}

/**
 * A row of a page: an instance, or an item where the request asks for items. A projection leaves out what it does not
 * name.
 */
export interface FoundRow extends Partial<ItemView>, Partial<Omit<InstanceView, 'id' | 'name'>> {
  readonly id: string;
  readonly name?: string | null;
  readonly status?: string;
  readonly data?: Data;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  readonly [field: string]: unknown;
}

/** A start event, or another one of a model that waits for something from outside. */
export interface ModelEvent {
  readonly modelName: string;
  readonly elementId: string;
  readonly processId?: string | null;
  readonly name?: string | null;
  readonly type?: string | null;
  /** What it waits for: `timer`, `message`, `signal`, …; null or missing: it is a plain start. */
  readonly subType?: string | null;
  readonly messageId?: string | null;
  readonly signalId?: string | null;
  /** When a timer is due. */
  readonly timeDue?: Date | null;
  readonly lane?: string | null;
  readonly [field: string]: unknown;
}

/** A model as it is stored. */
export interface ModelView {
  readonly name: string;
  /** The BPMN document. */
  readonly source?: string;
  /** Its picture. */
  readonly svg?: string | null;
  /** The tenant, or owner of models, that it belongs to; null: those without one. */
  readonly owner?: string | null;
  readonly saved?: Date;
  /** What its author should know; missing: nothing. */
  readonly warnings?: readonly ModelWarning[];
  readonly [field: string]: unknown;
}
