import type { BPMNServer, IBPMNServer } from 'bpmn-server';
import type { SecureUser } from '../../core/principal.js';
import type { DefinitionView } from './definition-types.js';
import type {
  Assignment,
  CommandOptions,
  Data,
  ExecutionView,
  FindPage,
  FindRequest,
  InstanceView,
  ItemView,
  ModelEvent,
  ModelView,
  Query,
  Rows,
} from './api-types.js';

/**
 * The argument where bpmn-server takes a user name: nothing, the name of the caller, or a `SecureUser`. Any other
 * name is refused.
 */
export type UserPlace = string | SecureUser | null;

/** bpmn-server's `server.engine`: its methods and arguments, with views in place of live executions. */
export interface GuardedEngine {
  start(
    name: string,
    data?: Data,
    startNodeId?: string | null,
    userName?: UserPlace,
    options?: CommandOptions,
  ): Promise<ExecutionView>;
  invoke(query: Query, data?: Data, userName?: UserPlace, options?: CommandOptions): Promise<ExecutionView>;
  invokeItem(query: Query, data?: Data): Promise<ExecutionView>;
  assign(
    query: Query,
    data: Data,
    assignment: Assignment,
    userName?: UserPlace,
    options?: CommandOptions,
  ): Promise<ExecutionView>;
  startEvent(
    instanceId: string,
    elementId: string,
    data?: Data,
    userName?: UserPlace,
    options?: CommandOptions,
  ): Promise<ExecutionView>;
  restart(query: Query, data?: Data, userName?: UserPlace, options?: CommandOptions): Promise<ExecutionView>;
  throwMessage(messageId: string, data?: Data, matching?: Query): Promise<ExecutionView | null>;
  throwSignal(
    signalId: string,
    data?: Data,
    matching?: Query,
  ): Promise<(string | { instanceId: string; itemId: string })[]>;
  upgrade(model: string, afterNodeIds: string[]): Promise<string[]>;
  get(query: Query): Promise<ExecutionView>;
  status(): ReturnType<BPMNServer['engine']['status']>;
}

/** bpmn-server's `server.dataStore`. Members that would reach the database without the rules refuse. */
export interface GuardedDataStore {
  findItems(query?: Query): Promise<Rows<ItemView>>;
  findItem(query: Query): Promise<ItemView>;
  findInstances(query?: Query, option?: 'summary' | 'full' | object): Promise<Rows<InstanceView>>;
  findInstance(query: Query, option?: 'full' | object): Promise<InstanceView>;
  loadInstance(id: string): Promise<{ instance: InstanceView; items: ItemView[] }>;
  find(request: FindRequest): Promise<FindPage>;
  deleteInstances(query: Query): Promise<{ deletedCount: number }>;
  archive(query: Query): Promise<unknown>;
  install(): Promise<void>;
  /** Set by the option `keep` of createGuard; another value is refused. */
  enableSavePoints: boolean;
  saveLogs: boolean;
  saveSource: boolean;
}

/**
 * bpmn-server's `server.definitions`. `owner` is the caller's tenant, or left out; any other owner is refused with
 * `bad-request`.
 */
export interface GuardedDefinitions {
  get(query?: Query): Promise<ModelView[]>;
  getList(query?: Query): Promise<{ name: string; saved?: Date }[]>;
  getSource(name: string, owner?: string | null): Promise<string>;
  getSVG(name: string, owner?: string | null): Promise<string | null>;
  load(name: string, owner?: string | null): Promise<DefinitionView>;
  /** With the source of the instance, which is compared with the stored one; without one, the model as it is now. */
  loadFromInstance(
    instance: { readonly id?: unknown; readonly name: string; readonly source?: unknown },
    owner?: string | null,
  ): Promise<DefinitionView>;
  loadModel(name: string, owner?: string | null): Promise<ModelView>;
  findEvents(query?: Query, owner?: string | null): Promise<ModelEvent[]>;
  save(name: string, source: string, svg?: string | null, owner?: string | null): Promise<boolean>;
  saveModel(model: { name: string; source: string; svg?: string }, owner?: string | null): Promise<boolean>;
  import(models: unknown, owner?: string | null): Promise<void>;
  deleteModel(name: string, owner?: string | null): Promise<boolean>;
  renameModel(name: string, newName: string, owner?: string | null): Promise<boolean>;
  export(name: string, folder: string, owner?: string | null): Promise<string[]>;
  install(): Promise<void>;
}

/** The application's own members of a server: as they are. */
type OwnMember = 'listener' | 'logger' | 'configuration' | 'appDelegate';

/** The members of bpmn-server's server object that work, with each call enforced for the ambient principal. */
interface GuardedParts extends Readonly<Pick<BPMNServer, OwnMember>> {
  readonly engine: GuardedEngine;
  readonly dataStore: GuardedDataStore;
  readonly definitions: GuardedDefinitions;
  /** Always empty: the live cache is not used. */
  readonly cache: { list(): unknown[]; getInstance(id?: string): null };
  status(): object;
}

/**
 * bpmn-server's own server object, with each call enforced for the ambient principal. It can be passed wherever an
 * `IBPMNServer` is expected. What that interface has besides the members of {@link GuardedEngine},
 * {@link GuardedDataStore} and {@link GuardedDefinitions} rejects with `forbidden` when it is called: `cron`, the
 * writes of `dataStore`, `cache.add`, `definitions.rebuild`, …
 */
export type GuardedServer = GuardedParts & Readonly<Omit<IBPMNServer, OwnMember>>;
