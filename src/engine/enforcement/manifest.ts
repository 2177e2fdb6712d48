import type { Operation } from '../../core/operation.js';

/**
 * How one member of the host is covered. An operation: enforced for the calling principal. `open`: reveals nobody's
 * data. `refused`: closed to outside callers; the engine itself still uses it. `part`: an object whose members have
 * entries of their own. `absent`: outside code does not find it.
 */
export type Coverage =
  | { readonly operation: Operation; readonly finds: string }
  | { readonly open: string }
  | { readonly refused: string }
  | { readonly part: string }
  | { readonly absent: string };

const on = (operation: Operation, finds: string): Coverage => Object.freeze({ operation, finds });
const open = (why: string): Coverage => Object.freeze({ open: why });
const refused = (why: string): Coverage => Object.freeze({ refused: why });
const part = (entry: string): Coverage => Object.freeze({ part: entry });
const absent = (why: string): Coverage => Object.freeze({ absent: why });

const ITEM = 'one visible item by the query, then by id';
const INSTANCE = 'one visible instance by the query, then by id';
const ITEMS = 'all visible items, scoped in the store';
const INSTANCES = 'all visible instances, scoped in the store';
const MODEL = "the model of the principal's owner, by name";
const MODELS = 'all visible models, scoped in the store';
const WRITES = refused('it writes documents as given');
const RAW = refused('it reaches the store without any rule');
const HELPER = absent('a helper that converts its argument');
const STATE = absent('state of the host');
const SWITCH = open('a switch of the store: readable, and set only by the option `keep`');
const INWARDS = absent('a way to the server on which the engine runs');
const OURS = open("the application's own: code that holds it is trusted");
const TIMERS = refused('the guard arms the timers');
const STATIC = absent('static: for the timers of the host');
const FOR_ENGINE = refused("it is for the engine's own timers and services");

/**
 * Every public method and property of bpmn-server that reads or changes data. A test compares it with the installed
 * host and fails for each missing method.
 */
export const MANIFEST: Readonly<Record<string, Readonly<Record<string, Coverage>>>> = Object.freeze({
  APIEngine: {
    start: on('instance:start', MODEL),
    invoke: on('task:execute', ITEM),
    assign: on('task:assign', ITEM),
    throwMessage: on('instance:message', 'a start event or one visible waiting item'),
    throwSignal: on('instance:signal', 'start events and visible waiting items'),
    startEvent: on('instance:event', INSTANCE),
    restart: on('instance:restart', ITEM),
    upgrade: on('instance:migrate', INSTANCES),
  },
  APIData: {
    getPendingUserTasks: on('task:read', ITEMS),
    findItems: on('task:read', ITEMS),
    findItem: on('task:read', ITEMS),
    findInstances: on('instance:read', INSTANCES),
    deleteInstances: on('instance:delete', INSTANCES),
  },
  APIModel: {
    get: on('model:read', MODELS),
    list: on('model:read', MODELS),
    findEvents: on('model:read', MODELS),
    findStartEvents: on('model:read', MODELS),
    getSource: on('model:read', MODEL),
    load: on('model:read', MODEL),
    save: on('model:write', MODEL),
    delete: on('model:delete', MODEL),
    rename: on('model:write', MODEL),
    export: on('model:write', MODELS),
  },
  Engine: {
    start: on('instance:start', MODEL),
    invoke: on('task:execute', ITEM),
    invokeItem: on('task:execute', ITEM),
    assign: on('task:assign', ITEM),
    throwMessage: on('instance:message', 'a start event or one visible waiting item'),
    throwSignal: on('instance:signal', 'start events and visible waiting items'),
    startEvent: on('instance:event', INSTANCE),
    restart: on('instance:restart', ITEM),
    upgrade: on('instance:migrate', INSTANCES),
    get: on('instance:read', INSTANCE),
    startRepeatTimerEvent: FOR_ENGINE,
    restore: FOR_ENGINE,
    lock: FOR_ENGINE,
    release: FOR_ENGINE,
    exception: FOR_ENGINE,
    status: open('two counters of the process'),
    sanitizeData: HELPER,
  },
  DataStore: {
    findItem: on('task:read', ITEMS),
    findItems: on('task:read', ITEMS),
    findInstance: on('instance:read', INSTANCE),
    findInstances: on('instance:read', INSTANCES),
    loadInstance: on('instance:read', INSTANCE),
    find: on('instance:read', INSTANCES),
    deleteInstances: on('instance:delete', INSTANCES),
    archive: on('instance:delete', INSTANCES),
    save: WRITES,
    saveInstance: WRITES,
    db: part('MongoDB'),
    locker: part('InstanceLocker'),
    install: on('system:policy', 'the store itself'),
    dbConfiguration: open('an empty object: address and collections stay hidden'),
    getItemsFromInstances: HELPER,
    convertObj: HELPER,
    convertColl: HELPER,
    seq: STATE,
    isModified: STATE,
    isRunning: STATE,
    inSaving: STATE,
    promises: STATE,
    enableSavePoints: SWITCH,
    saveLogs: SWITCH,
    saveSource: SWITCH,
  },
  ModelsDatastore: {
    get: on('model:read', MODELS),
    getList: on('model:read', MODELS),
    load: on('model:read', MODEL),
    loadFromInstance: on('model:read', MODEL),
    loadModel: on('model:read', MODEL),
    getSource: on('model:read', MODEL),
    getSVG: on('model:read', MODEL),
    findEvents: on('model:read', MODELS),
    save: on('model:write', MODEL),
    saveModel: on('model:write', MODEL),
    import: on('model:write', MODEL),
    deleteModel: on('model:delete', MODEL),
    renameModel: on('model:write', MODEL),
    export: on('model:write', MODEL),
    updateTimer: FOR_ENGINE,
    rebuild: FOR_ENGINE,
    rebuildModel: FOR_ENGINE,
    install: on('system:policy', 'the store itself'),
    loadDefinition: FOR_ENGINE,
    getProjection: HELPER,
    getPath: RAW,
    getFile: RAW,
    saveFile: RAW,
    db: part('MongoDB'),
    dbConfiguration: open('an empty object: address and collections stay hidden'),
    definitionsPath: absent('where the files lie'),
  },
  CacheManager: {
    list: open('the guard keeps no live instances, the list is empty'),
    getInstance: open('the guard keeps no live instances'),
    add: FOR_ENGINE,
    remove: FOR_ENGINE,
    shutdown: FOR_ENGINE,
    restart: FOR_ENGINE,
    liveInstances: absent('the guard puts no instance there'),
  },
  Cron: {
    start: TIMERS,
    startTimers: TIMERS,
    checkTimers: open('it does nothing, as in bpmn-server'),
    scheduleItem: TIMERS,
    scheduleProcess: TIMERS,
    itemTimerExpired: TIMERS,
    processTimerExpired: TIMERS,
    timerScheduled: STATIC,
    timerEnded: STATIC,
    checkCron: STATIC,
    timeDue: STATIC,
    timersStarted: STATIC,
    checkingTimers: STATIC,
    timersFired: STATIC,
  },
  InstanceLocker: {
    lock: RAW,
    try: RAW,
    release: RAW,
    delete: RAW,
    list: RAW,
    dataStore: INWARDS,
    delay: HELPER,
  },
  MongoDB: {
    find: RAW,
    insert: RAW,
    update: RAW,
    update2: RAW,
    remove: RAW,
    removeById: RAW,
    createIndex: RAW,
    getClient: RAW,
    connect: RAW,
    profilerStart: HELPER,
    profilerEnd: HELPER,
    dbConfig: STATE,
    logger: STATE,
  },
  BPMNServer: {
    engine: part('Engine'),
    dataStore: part('DataStore'),
    definitions: part('ModelsDatastore'),
    cache: part('CacheManager'),
    listener: OURS,
    logger: OURS,
    configuration: OURS,
    appDelegate: OURS,
    status: open('counters of the process'),
    cron: part('Cron'),
    scriptHandler: absent('it runs code'),
    getVersion: absent('static: the version'),
    getInstance: absent('static: it gives the façade'),
    instance: absent('static: the façade'),
  },
  ServerComponent: {
    server: INWARDS,
    engine: INWARDS,
    dataStore: INWARDS,
    definitions: INWARDS,
    cache: INWARDS,
    cron: INWARDS,
    listener: INWARDS,
    configuration: INWARDS,
    logger: INWARDS,
    appDelegate: INWARDS,
    scriptHandler: INWARDS,
  },
});
