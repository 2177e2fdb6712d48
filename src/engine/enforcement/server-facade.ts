import { AccessDenied, BadInput, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { Asking } from './asking.js';
import type { CommandKit } from './command-kit.js';
import type { HostServer } from '../model/host.js';
import { MANIFEST } from './manifest.js';
import { EngineUser } from './principals.js';
import type { Assignment, Data, GuardApi, Query } from '../contract/types.js';

type Members = Record<string, unknown>;
type Given = { name: string; source: string; svg?: string };

const NOTHING = Object.freeze({});

/** A member that nobody may reach from outside: a method that refuses, so that a caller gets a coded error. */
function refuse(asking: Asking, place: string, why: string) {
  return (): Promise<never> =>
    asking.call(undefined, 'system:policy', { kind: 'system', name: place }, () =>
      Promise.reject(new AccessDenied('forbidden', `${place} is not open to callers: ${why}.`)),
    );
}

/** Adds what the manifest refuses; every other entry must have been given. */
function complete(asking: Asking, host: string, members: Members): Readonly<Members> {
  for (const [name, coverage] of Object.entries(MANIFEST[host] ?? {})) {
    if ('refused' in coverage) members[name] ??= refuse(asking, `${host}.${name}`, coverage.refused);
  }
  return Object.freeze(members);
}

function engineFacade(asking: Asking, api: GuardApi, host: HostServer): Readonly<Members> {
  const { engine } = api;
  const as = (given: unknown): never => new EngineUser(given) as never;
  return complete(asking, 'Engine', {
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
    status: () => (host.engine as { status(): unknown }).status(),
  });
}

/** Makes the indexes of the store, for administrators. */
const install = (asking: Asking): Promise<void> =>
  asking.call(undefined, 'system:policy', { kind: 'system' }, async (principal) => {
    asking.assert(principal, 'system:policy', {}, true);
    await asking.store.install();
  });

function dataFacade({ asking, reads, runner }: CommandKit, api: GuardApi): Readonly<Members> {
  const { data } = api;
  const findInstance = async (query: Query, options?: 'full'): Promise<unknown> => {
    const [found, ...more] = await data.findInstances(query, undefined, options);
    if (found === undefined) throw notFound('instance');
    if (more.length > 0)
      throw new BadInput('bad-query', 'The query finds several instances; exactly one is needed.');
    return found;
  };
  return complete(asking, 'DataStore', {
    findItems: (query?: Query) => data.findItems(query),
    findItem: async (query: Query) => (await data.findItem(query)) ?? Promise.reject(notFound('task')),
    findInstances: (query?: Query, options?: 'full') => data.findInstances(query, undefined, options),
    findInstance,
    loadInstance: async (id: string) => {
      const instance = (await findInstance({ id }, 'full')) as { items: unknown[] };
      return { instance, items: instance.items };
    },
    find: (request: Data) => data.find(request),
    deleteInstances: (query: Query) => data.deleteInstances(query),
    archive: (query: Query) =>
      asking.call(undefined, 'instance:delete', { kind: 'instance' }, (principal) =>
        reads.removeInstances(principal, query, runner, true),
      ),
    install: () => install(asking),
    dbConfiguration: NOTHING,
    db: complete(asking, 'MongoDB', {}),
    locker: complete(asking, 'InstanceLocker', {}),
  });
}

function definitionsFacade(asking: Asking, api: GuardApi): Readonly<Members> {
  const { model } = api;
  const one = async (name: string): Promise<Data> =>
    (await model.get({ name: checkModelName(name) }))[0] ?? Promise.reject(notFound('model'));
  const saveAll = async (models: unknown): Promise<void> => {
    for (const given of [models].flat() as (Given | undefined)[])
      await model.save(given?.name as string, given?.source as string, given?.svg);
  };
  return complete(asking, 'ModelsDatastore', {
    get: (query?: Query) => model.get(query),
    getList: (query?: Query) => model.list(query),
    load: (name: string) => model.load(name),
    loadFromInstance: (instance?: { name: string }) => model.load(instance?.name as string),
    loadModel: one,
    getSource: (name: string) => model.getSource(name),
    getSVG: async (name: string) => (await one(name)).svg ?? null,
    findEvents: (query?: Query) => model.findEvents(query),
    save: (name: string, source: string, svg?: string) => model.save(name, source, svg),
    saveModel: async (given: unknown) => (await saveAll(given), true),
    import: saveAll,
    deleteModel: (name: string) => model.delete(name),
    renameModel: (name: string, newName: string) => model.rename(name, newName),
    export: async (name: string, folder: string) => model.export({ name: checkModelName(name) }, folder),
    install: () => install(asking),
    dbConfiguration: NOTHING,
    db: complete(asking, 'MongoDB', {}),
  });
}

/**
 * The server as code outside sees it: bpmn-server's shape, each call enforced for the principal of `runAs`. What the
 * engine itself uses is another object, the host.
 */
export function serverFacade(kit: CommandKit, api: GuardApi, host: HostServer): Readonly<Members> {
  const { asking } = kit;
  const { listener, logger, configuration, appDelegate } = host;
  const engine = engineFacade(asking, api, host);
  return complete(asking, 'BPMNServer', {
    engine,
    dataStore: dataFacade(kit, api),
    definitions: definitionsFacade(asking, api),
    cache: complete(asking, 'CacheManager', { list: () => [], getInstance: () => null }),
    listener,
    logger,
    configuration,
    appDelegate,
    status: () => ({ ...(engine as { status(): object }).status() }),
  });
}
