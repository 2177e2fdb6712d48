import { BadInput, notFound } from '../../core/errors.js';
import type { Calls } from './calls.js';
import type { CommandParts } from './command-parts.js';
import { definitionsFacade } from './definitions-facade.js';
import { nameCaller } from './caller.js';
import { complete, install, NOTHING, type Members } from './facade-parts.js';
import { removeInstances } from './removal.js';
import { strictly } from './strict-arguments.js';
import type { HostServer } from '../model/host.js';
import { EngineUser } from './principals.js';
import type {
  Assignment,
  Data,
  GuardApi,
  GuardedDataStore,
  GuardedEngine,
  InstanceView,
  Query,
} from '../contract/types.js';

function engineFacade(calls: Calls, api: GuardApi, host: HostServer): Readonly<Members> {
  const { engine } = api;
  const as = (given: unknown): never => new EngineUser(given) as never;
  const members = strictly('server.engine', {
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
  } satisfies Omit<GuardedEngine, 'status'>);
  return complete(calls, 'Engine', { ...members, status: () => (host.engine as GuardedEngine).status() });
}

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
  const members = strictly('server.dataStore', {
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
  } satisfies Omit<GuardedDataStore, keyof typeof SWITCHES>);
  const others = {
    dbConfiguration: NOTHING,
    db: complete(calls, 'MongoDB', {}),
    locker: complete(calls, 'InstanceLocker', {}),
  };
  return complete(calls, 'DataStore', addSwitches({ ...members, ...others }, host.dataStore as Members));
}

/**
 * The server that outside code sees: bpmn-server's shape, with each call enforced for the principal of `runAs`. The
 * engine itself uses a different object, the host.
 */
export function serverFacade(parts: CommandParts, api: GuardApi, host: HostServer): Readonly<Members> {
  const { calls } = parts;
  const { listener, logger, configuration, appDelegate } = host;
  const engine = engineFacade(calls, api, host);
  const members: Members = {
    engine,
    dataStore: dataFacade(parts, api, host),
    definitions: definitionsFacade(parts, api),
    cron: complete(calls, 'Cron', { checkTimers: async () => undefined }),
    cache: complete(calls, 'CacheManager', { list: () => [], getInstance: () => null }),
    listener,
    logger,
    configuration,
    appDelegate,
    status: () => ({ ...(engine as { status(): object }).status() }),
  };
  nameCaller(members, () => calls.principals.caller());
  return complete(calls, 'BPMNServer', members);
}
