import type { Escalation, Suspension } from '../../store/port.js';
import type { ModelWarning } from './model-warning.js';
import type { DefinitionView } from './definition-types.js';

/** A query in the form of MongoDB, as a caller writes it. */
export type Query = Record<string, unknown>;

export type Data = Record<string, unknown>;

/**
 * A task or another element of an instance, as a caller sees it. With a projection, rows have only the projected
 * fields and `id`.
 */
export interface ItemView {
  readonly id: string;
  readonly instanceId: string;
  /** Name of the instance's model. */
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
  /** Of user tasks; null: unassigned. Visible to principals who may see assignees, and to the assignee. */
  readonly assignee?: string | null;
  readonly candidateUsers?: readonly string[];
  readonly candidateGroups?: readonly string[];
  /** The present state of a user task, which decides what can be done with it. */
  readonly state?: TaskState;
  /** Why the task is closed. */
  readonly why?: string;
  /** The lender of a delegated task. */
  readonly owner?: string;
  readonly completedBy?: string;
  /** Who has rejected the task. Visible like the candidates. */
  readonly rejectedBy?: readonly string[];
  /** The last escalation of the task: by whom, when, to whom, and how often it was escalated. Visible likewise. */
  readonly escalation?: Escalation;
  /** The version of the instance when this was read. */
  readonly instanceVersion?: number;
  /** The token of the instance that came to the element. */
  readonly tokenId?: number | string;
  /** Whose command began it. Visible to those who may read the instance and see assignees. */
  readonly userName?: string | null;
  /** Data in the task's own scope, if the principal may read the instance. */
  readonly data?: Data;
  /** Data of the whole instance, if the principal may read it. */
  readonly instanceData?: Data;
  /** Variables and result of the element, likewise. A service may return anything. */
  readonly vars?: Data;
  readonly output?: unknown;
  readonly [field: string]: unknown;
}

/** The states of a waiting user task, and `done`. `rejected`: by all its candidates. */
export type TaskState =
  'open' | 'unclaimed' | 'rejected' | 'assigned' | 'delegated' | 'closed' | 'suspended' | 'starting' | 'done';

/** A command on a user task, as a member of `api.tasks` or in a list of what is allowed. */
export type TaskCommand =
  | 'take'
  | 'release'
  | 'assign'
  | 'delegate'
  | 'resolve'
  | 'reject'
  | 'undoReject'
  | 'escalate'
  | 'suspend'
  | 'resume'
  | 'complete';

/** A place of an instance at which the engine stands. */
export interface TokenView {
  readonly id: number | string;
  /** `Primary`, `Instance` (a pass of a loop), `SubProcess`, … */
  readonly type: string;
  readonly status: string;
  readonly parentToken?: number | string | null;
  readonly startNodeId?: string | null;
  /** The id of the element at which it stands. */
  readonly currentNode?: string | null;
  /** The key of a pass of a loop. */
  readonly itemsKey?: string | number | null;
}

/** An instance as a caller gets it. */
export interface InstanceView {
  readonly id: string;
  readonly name: string;
  /** Missing, like the fields below, if the principal may only read items of the instance. */
  readonly status?: string;
  readonly version?: number;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  /** Time of the last save. */
  readonly saved?: Date | null;
  readonly startedBy?: string;
  /** By whom and since when it is suspended, itself or with an instance above it. Missing while it is not. */
  readonly suspension?: Omit<Suspension, 'with'>;
  readonly parentItemId?: string | null;
  readonly tenantId?: string | null;
  /** Empty if the principal may not read the instance. */
  readonly data: Data;
  /** The items that the principal may read. */
  readonly items: readonly ItemView[];
  /**
   * True if `items` was cut, since an answer ends at 16 MiB. `find` with `{ filter: { id, 'items.id': { $exists:
   * true } } }` pages through all of them.
   */
  readonly itemsCut?: true;
  /** For those who may read the instance. */
  readonly tokens?: readonly TokenView[];
  /** Document and picture of its model, where they are asked for (`full`), to those who may read the model. */
  readonly source?: string;
  readonly svg?: string | null;
  /** Always empty: the engine's log may contain anybody's data. */
  readonly logs?: readonly string[];
  readonly [field: string]: unknown;
}

/** The result of a command: a plain view, reduced to what the principal may read. */
export interface ExecutionView {
  readonly id: string;
  readonly name: string;
  /** Missing if the principal may only read items of the instance. */
  readonly status?: string;
  readonly data: Data;
  readonly instance: InstanceView;
  readonly items: readonly ItemView[];
  /** The item that the command acted on, if it may be read. */
  readonly item?: ItemView;
  readonly tokens: readonly TokenView[];
  /** Refers to the view itself, since applications use it. */
  readonly execution: ExecutionView;
  /** The model of the instance, if the principal may read both. Not enumerable. */
  readonly definition?: DefinitionView;
  getItems(): readonly ItemView[];
  /** Data at a path, such as a token's data path; without a path, all data. */
  getData(path?: string): unknown;
  /** Resolves to a fresh view once work begun with `noWait` has settled. */
  tillDone(): Promise<ExecutionView>;
}

/** A type without some of its members: `Omit` would forget all the others of a type with an index signature. */
type Without<T, Names> = { [Name in keyof T as Name extends Names ? never : Name]: T[Name] };

/**
 * A row of a page: an instance, or an item together with its instance if the request asks for items. A projection
 * omits the fields that it does not name.
 */
export interface FoundRow extends Partial<Without<InstanceView, 'id' | 'name' | 'items'>> {
  /** The id of the instance. */
  readonly id: string;
  readonly name?: string | null;
  /** The items of the instance that the principal may read; if the request asks for items, the one of this row. */
  readonly items?: ItemView | readonly ItemView[];
  readonly [field: string]: unknown;
}

/** A start event, or another event of a model that waits for an outside trigger. */
export interface ModelEvent {
  readonly modelName: string;
  readonly elementId: string;
  readonly processId?: string | null;
  readonly name?: string | null;
  readonly type?: string | null;
  /** The trigger: `timer`, `message`, `signal`, …; null or missing for a plain start event. */
  readonly subType?: string | null;
  readonly messageId?: string | null;
  readonly signalId?: string | null;
  /** When a timer is due. */
  readonly timeDue?: Date | null;
  /** The expression of a timer, and the time in milliseconds from which it counts. */
  readonly expression?: string | null;
  readonly referenceDateTime?: number | null;
  readonly lane?: string | null;
  /** As the model gives them, separated by commas. */
  readonly candidateUsers?: string | null;
  readonly candidateGroups?: string | null;
  readonly documentation?: string | null;
  readonly [field: string]: unknown;
}

/** A process of a stored model. */
export interface ModelProcess {
  readonly id: string;
  readonly name?: string | null;
  readonly isExecutable?: boolean | null;
  /** As the model gives them, separated by commas. */
  readonly candidateStarterUsers?: string | null;
  readonly candidateStarterGroups?: string | null;
  readonly historyTimeToLive?: string | number | null;
  readonly isStartableInTasklist?: boolean | null;
  readonly documentation?: string | null;
  readonly [field: string]: unknown;
}

/** A stored model. */
export interface ModelView {
  readonly name: string;
  /** The BPMN document. */
  readonly source?: string;
  /** Its picture. */
  readonly svg?: string | null;
  /** The tenant or model owner it belongs to; null for none. */
  readonly owner?: string | null;
  readonly saved?: Date;
  readonly processes?: readonly ModelProcess[];
  /** Its start events; `findEvents` adds the name of the model to each. */
  readonly events?: readonly Without<ModelEvent, 'modelName'>[];
  /** Warnings for its author; missing if there are none. */
  readonly warnings?: readonly ModelWarning[];
  readonly [field: string]: unknown;
}
