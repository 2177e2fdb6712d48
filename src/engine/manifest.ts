import type { Operation } from '../core/operation.js';

/**
 * What becomes of one method of the host. An operation: it is enforced, for the principal that calls. `open`: it tells
 * nothing of anybody's rows. `refused`: nobody may call it from outside; the engine itself still does.
 */
export type Coverage = { readonly operation: Operation; readonly finds: string } | { readonly open: string } | { readonly refused: string };

const on = (operation: Operation, finds: string): Coverage => Object.freeze({ operation, finds });
const open = (why: string): Coverage => Object.freeze({ open: why });
const refused = (why: string): Coverage => Object.freeze({ refused: why });

const ITEM = 'one visible item by the query, then by id';
const INSTANCE = 'one visible instance by the query, then by id';
const ITEMS = 'all visible items, scoped in the store';
const INSTANCES = 'all visible instances, scoped in the store';
const MODEL = 'the model of the principal\'s owner, by name';
const MODELS = 'all visible models, scoped in the store';
const WRITES = refused('it writes documents as they are given');
const RAW = refused('it reaches the store past every rule');
const FOR_ENGINE = refused('it is for the engine\'s own timers and services');

/**
 * Every public method and data member of bpmn-server through which data is read or changed (host-notes 3.1). A test
 * compares it with the installed host: a method that is missing here fails it.
 */
export const MANIFEST: Readonly<Record<string, Readonly<Record<string, Coverage>>>> = Object.freeze({
  APIEngine: {
    start: on('instance:start', MODEL), invoke: on('task:execute', ITEM), assign: on('task:assign', ITEM),
    throwMessage: on('instance:message', 'a start event or one visible waiting item'), throwSignal: on('instance:signal', 'start events and visible waiting items'),
    startEvent: on('instance:event', INSTANCE), restart: on('instance:restart', ITEM), upgrade: on('instance:migrate', INSTANCES),
  },
  APIData: {
    getPendingUserTasks: on('task:read', ITEMS), findItems: on('task:read', ITEMS), findItem: on('task:read', ITEMS),
    findInstances: on('instance:read', INSTANCES), deleteInstances: on('instance:delete', INSTANCES),
  },
  APIModel: {
    get: on('model:read', MODELS), list: on('model:read', MODELS), findEvents: on('model:read', MODELS), findStartEvents: on('model:read', MODELS),
    getSource: on('model:read', MODEL), load: on('model:read', MODEL), save: on('model:write', MODEL), delete: on('model:delete', MODEL),
    rename: on('model:write', MODEL), export: on('model:read', MODELS),
  },
  Engine: {
    start: on('instance:start', MODEL), invoke: on('task:execute', ITEM), invokeItem: on('task:execute', ITEM), assign: on('task:assign', ITEM),
    throwMessage: on('instance:message', 'a start event or one visible waiting item'), throwSignal: on('instance:signal', 'start events and visible waiting items'),
    startEvent: on('instance:event', INSTANCE), restart: on('instance:restart', ITEM), upgrade: on('instance:migrate', INSTANCES), get: on('instance:read', INSTANCE),
    startRepeatTimerEvent: FOR_ENGINE, restore: FOR_ENGINE, lock: FOR_ENGINE, release: FOR_ENGINE, exception: FOR_ENGINE,
    status: open('two counters of the process'), sanitizeData: open('it converts its argument'),
  },
  DataStore: {
    findItem: on('task:read', ITEMS), findItems: on('task:read', ITEMS), findInstance: on('instance:read', INSTANCE), findInstances: on('instance:read', INSTANCES),
    loadInstance: on('instance:read', INSTANCE), find: on('instance:read', INSTANCES), deleteInstances: on('instance:delete', INSTANCES), archive: on('instance:delete', INSTANCES),
    save: WRITES, saveInstance: WRITES, db: RAW, locker: RAW, install: on('system:policy', 'the store itself'),
    getItemsFromInstances: open('it converts its argument'), convertObj: open('it converts its argument'), convertColl: open('it converts its argument'),
  },
  ModelsDatastore: {
    get: on('model:read', MODELS), getList: on('model:read', MODELS), load: on('model:read', MODEL), loadFromInstance: on('model:read', MODEL), loadModel: on('model:read', MODEL),
    getSource: on('model:read', MODEL), getSVG: on('model:read', MODEL), findEvents: on('model:read', MODELS), save: on('model:write', MODEL), saveModel: on('model:write', MODEL),
    import: on('model:write', MODEL), deleteModel: on('model:delete', MODEL), renameModel: on('model:write', MODEL), export: on('model:read', MODEL),
    updateTimer: FOR_ENGINE, rebuild: FOR_ENGINE, rebuildModel: FOR_ENGINE, install: on('system:policy', 'the store itself'), loadDefinition: FOR_ENGINE, getProjection: open('it converts its argument'),
    getPath: RAW, getFile: RAW, saveFile: RAW, db: RAW, definitionsPath: RAW,
  },
  CacheManager: {
    list: open('the guard keeps no live instances, the list is empty'), getInstance: open('the guard keeps no live instances'),
    add: FOR_ENGINE, remove: FOR_ENGINE, shutdown: FOR_ENGINE, restart: FOR_ENGINE,
  },
  InstanceLocker: { lock: RAW, try: RAW, release: RAW, delete: RAW, list: RAW, delay: open('a pause') },
  BPMNServer: { status: open('version and counters'), getVersion: open('the version'), getInstance: RAW, engine: RAW },
});
