import { AccessDenied, BadInput, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { Calls } from './calls.js';
import type { CommandParts } from './command-parts.js';
import { removeInstances } from './removal.js';
import type { HostServer } from '../model/host.js';
import { MANIFEST } from './manifest.js';
import { EngineUser } from './principals.js';
import type {
  Assignment,
  Data,
  GuardApi,
  GuardedDataStore,
  GuardedDefinitions,
  GuardedEngine,
  InstanceView,
  ModelView,
  Query,
} from '../contract/types.js';

type Members = Record<string, unknown>;
type Given = { name: string; source: string; svg?: string };

const NOTHING = Object.freeze({});

/** A member closed to outside callers: a method that refuses with a coded error. */
function refuse(calls: Calls, place: string, why: string) {
  return (): Promise<never> =>
    calls.run(undefined, 'system:policy', { kind: 'system', name: place }, () =>
      Promise.reject(new AccessDenied('forbidden', `${place} is not open to callers: ${why}.`)),
    );
}

/** Adds the members that the manifest refuses. Every other entry must be given. */
function complete(calls: Calls, host: string, members: Members): Readonly<Members> {
  for (const [name, coverage] of Object.entries(MANIFEST[host] ?? {})) {
    if ('refused' in coverage) members[name] ??= refuse(calls, `${host}.${name}`, coverage.refused);
  }
  return Object.freeze(members);
}

function engineFacade(calls: Calls, api: GuardApi, host: HostServer): Readonly<Members> {
  const { engine } = api;
  const as = (given: unknown): never => new EngineUser(given) as never;
  return complete(calls, 'Engine', {
    start: (name: string, data?: Data, startNodeId?: string | null, userName?: unknown, options?: Data) =>
      engine.start(name, data, as(userName), { ...(startNodeId ? { startNodeId } : {}), ...options }),
    invoke: (query: Query, data?: Data, userName?: unknown, options?: Data) =>
      engine.invoke(query, data, as(userName), options),
    invokeItem: (query: Query, data?: Data) => engine.invoke(query, data),
    assign: (query: Query, data: Data, assignment: Assignment, userName?: unknown, options?: Data) =>
      engine.assign(query, data, assignment, as(userName), options),
    startEvent: (instanceId: string, elementId: string, data?: Data, userName?: unknown, options?: Data) =>
      engine.startEvent(instanceId, elementId, data, as(userName), options),
    restart: (query: Query, data?: Data, userName?: unknown, options?: Data) =>
      engine.restart(query, data, as(userName), options),
    throwMessage: (id: string, data?: Data, matching?: Query) => engine.throwMessage(id, data, matching),
    throwSignal: (id: string, data?: Data, matching?: Query) => engine.throwSignal(id, data, matching),
    upgrade: (model: string, afterNodeIds: string[]) => engine.upgrade(model, afterNodeIds),
    get: (query: Query) => engine.get(query),
    status: () => (host.engine as GuardedEngine).status(),
  } satisfies GuardedEngine);
}

/** Creates the store's indexes; for administrators. */
const install = (calls: Calls): Promise<void> =>
  calls.run(undefined, 'system:policy', { kind: 'system' }, async (call) => {
    call.assert('system:policy', {}, true);
    await calls.store.install();
  });

/** Switches of the host's data store: readable here, set when the guard is created. */
const SWITCHES = { enableSavePoints: 'savePoints', saveLogs: 'logs', saveSource: 'source' } as const;

function addSwitches(facade: Members, hostStore: Members): Members {
  for (const [name, option] of Object.entries(SWITCHES))
    Object.defineProperty(facade, name, {
      enumerable: true,
      get: () => hostStore[name],
      set(value: unknown) {
        if (value !== hostStore[name])
          throw new BadInput(
            'bad-configuration',
            `${name} is set by createGuard({ keep: { ${option}: true or false } }).`,
          );
      },
    });
  return facade;
}

function dataFacade(parts: CommandParts, api: GuardApi, host: HostServer): Readonly<Members> {
  const { data } = api;
  const { calls } = parts;
  const findInstance = async (query: Query, options?: 'full'): Promise<InstanceView> => {
    const [found, ...more] = await data.findInstances(query, undefined, options);
    if (found === undefined) throw notFound('instance');
    if (more.length > 0)
      throw new BadInput('bad-query', 'The query matches several instances; exactly one is needed.');
    return found;
  };
  const members = {
    findItems: (query?: Query) => data.findItems(query),
    findItem: async (query: Query) => (await data.findItem(query)) ?? Promise.reject(notFound('task')),
    findInstances: (query?: Query, options?: 'full') => data.findInstances(query, undefined, options),
    findInstance,
    loadInstance: async (id: string) => {
      const instance = await findInstance({ id }, 'full');
      return { instance, items: [...instance.items] };
    },
    find: (request: Data) => data.find(request),
    deleteInstances: (query: Query) => data.deleteInstances(query),
    archive: (query: Query) =>
      calls.run(undefined, 'instance:delete', { kind: 'instance' }, (call) =>
        removeInstances(parts, call, query, true),
      ),
    install: () => install(calls),
    dbConfiguration: NOTHING,
    db: complete(calls, 'MongoDB', {}),
    locker: complete(calls, 'InstanceLocker', {}),
  } satisfies Omit<GuardedDataStore, keyof typeof SWITCHES> & Members;
  return complete(calls, 'DataStore', addSwitches(members, host.dataStore as Members));
}

function definitionsFacade(calls: Calls, api: GuardApi): Readonly<Members> {
  const { model } = api;
  const one = async (name: string): Promise<ModelView> =>
    (await model.get({ name: checkModelName(name) }))[0] ?? Promise.reject(notFound('model'));
  const saveAll = async (models: unknown): Promise<void> => {
    for (const given of [models].flat() as (Given | undefined)[])
      await model.save(given?.name as string, given?.source as string, given?.svg);
  };
  return complete(calls, 'ModelsDatastore', {
    get: (query?: Query) => model.get(query),
    getList: (query?: Query) => model.list(query),
    load: (name: string) => model.load(name),
    loadFromInstance: (instance?: { name: string }) => model.load(instance?.name as string),
    loadModel: one,
    getSource: (name: string) => model.getSource(name),
    getSVG: async (name: string) => (await one(name)).svg ?? null,
    findEvents: (query?: Query) => model.findEvents(query),
    save: async (name: string, source: string, svg?: string) => (await model.save(name, source, svg), true),
    saveModel: async (given: unknown) => (await saveAll(given), true),
    import: saveAll,
    deleteModel: (name: string) => model.delete(name),
    renameModel: (name: string, newName: string) => model.rename(name, newName),
    export: async (name: string, folder: string) => model.export({ name: checkModelName(name) }, folder),
    install: () => install(calls),
    dbConfiguration: NOTHING,
    db: complete(calls, 'MongoDB', {}),
  } satisfies GuardedDefinitions & Members);
}

/**
 * The server that outside code sees: bpmn-server's shape, with each call enforced for the principal of `runAs`. The
 * engine itself uses a different object, the host.
 */
export function serverFacade(parts: CommandParts, api: GuardApi, host: HostServer): Readonly<Members> {
  const { calls } = parts;
  const { listener, logger, configuration, appDelegate } = host;
  const engine = engineFacade(calls, api, host);
  return complete(calls, 'BPMNServer', {
    engine,
    dataStore: dataFacade(parts, api, host),
    definitions: definitionsFacade(calls, api),
    cache: complete(calls, 'CacheManager', { list: () => [], getInstance: () => null }),
    listener,
    logger,
    configuration,
    appDelegate,
    status: () => ({ ...(engine as { status(): object }).status() }),
  });
}
