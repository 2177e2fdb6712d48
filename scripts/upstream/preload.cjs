// Loaded into each run of mocha before a file of bpmn-web's suite: gives it our copy of bpmn-server, an own database,
// and, where UPSTREAM_MODE says so, a guard around every server that the file makes.
const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { EventEmitter } = require('node:events');
const path = require('node:path');
const ts = require('typescript');
const bpmn = require('bpmn-server');

const { UPSTREAM_MODE: mode, UPSTREAM_FOLDER: folder, UPSTREAM_MONGO: url } = process.env;
const database = `upstream_${randomUUID().slice(0, 8)}`;
EventEmitter.defaultMaxListeners = 100;

/** Compiles a file of the checkout as CommonJS, whichever syntax it has. */
const compile = (module, file) =>
  module._compile(
    ts.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true, allowJs: true },
    }).outputText,
    file,
  );
// The application around the suite is TypeScript; its types do not matter here. A few files of the suite have both
// `require` and `import`, which no runtime takes.
require.extensions['.ts'] = compile;
const plain = require.extensions['.js'];
require.extensions['.js'] = (module, file) =>
  file.startsWith(path.join(folder, 'src')) && /^(import|export) /m.test(readFileSync(file, 'utf8'))
    ? compile(module, file)
    : plain(module, file);
require(path.join(folder, 'node_modules/mocha/lib/nodejs/esm-utils.js')).requireOrImport = async (file) =>
  require(file);

const configuration = () =>
  new bpmn.Configuration({
    definitionsPath: path.join(folder, 'src/test/processes/'),
    templatesPath: path.join(folder, 'emailTemplates'),
    timers: { precision: 3000 },
    database: { MongoDB: { db_url: `${url}/${database}`, db: database } },
    logger: () => new bpmn.Logger({ toConsole: false }),
    definitions: (server) => new bpmn.ModelsDatastore(server),
    appDelegate: (server) => {
      const { TestAppDelegate } = require(path.join(folder, 'src/test/appDelegate.js'));
      return new TestAppDelegate(server);
    },
    dataStore: (server) => Object.assign(new bpmn.DataStore(server), { enableSavePoints: true }),
    scriptHandler: () => new bpmn.ScriptHandler(),
    cacheManager: (server) => new bpmn.NoCacheManager(server),
  });

/** Where the calls of `server.engine` take the name of a user. */
const USER_AT = { start: 3, invoke: 2, assign: 3, startEvent: 3, restart: 2 };

/** The same object, each call made as an administrator: of the name that the call has, since it must be who calls. */
const asAdministrator = (guard, target, places = {}) =>
  new Proxy(Object.create(null), {
    get(_shell, name) {
      const member = target[name];
      if (typeof member !== 'function') return member;
      return (...args) => {
        const given = args[places[name]];
        const userName = typeof given === 'string' ? given : 'admin';
        if (name in places) args[places[name]] = undefined;
        return guard.runAs({ userName, userGroups: ['ADMIN'] }, () => member.apply(target, args));
      };
    },
    set: (_shell, name, value) => ((target[name] = value), true),
  });

const opening = [];
async function guardServer(server) {
  const { createGuard } = require(process.env.UPSTREAM_GUARD);
  const bypass = mode === 'bypass';
  const guard = await createGuard({
    server,
    store: { memory: true },
    env: bypass ? { REQUIRE_AUTHENTICATION: 'false', ENFORCE_SECURITY: 'false' } : {},
    keep: { savePoints: true },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  if (bypass) return;
  server.engine = asAdministrator(guard, server.engine, USER_AT);
  server.dataStore = asAdministrator(guard, server.dataStore);
  server.definitions = asAdministrator(guard, server.definitions);
}

/** A guard takes a moment to be made, and a file may call its server in the next line: the calls wait for the guard. */
const PARTS = new Set(['engine', 'dataStore', 'definitions']);
const whenGuarded = (server, ready, part) =>
  new Proxy(Object.create(null), {
    get: (_shell, name) =>
      typeof server[part][name] === 'function'
        ? (...args) => ready.then(() => server[part][name](...args))
        : server[part][name],
    set: (_shell, name, value) => ((server[part][name] = value), true),
  });

const BPMNServer =
  mode === 'bare'
    ? bpmn.BPMNServer
    : class extends bpmn.BPMNServer {
        constructor(config, logger, options) {
          super(config, logger, { ...options, cron: false });
          const ready = guardServer(this);
          opening.push(ready);
          return new Proxy(this, {
            get: (server, name) =>
              PARTS.has(name) ? whenGuarded(server, ready, name) : Reflect.get(server, name, server),
          });
        }
      };
const host = new Proxy(bpmn, { get: (all, name) => (name === 'BPMNServer' ? BPMNServer : all[name]) });
const face = { ...bpmn, BPMNServer, DefaultHandler: bpmn.DefaultAppDelegate };
let made;
Object.defineProperty(face, 'configuration', { enumerable: true, get: () => (made ??= configuration()) });

const load = Module._load;
const IN_PLACE = [
  /^\.{1,2}\/?$/,
  /^\.\.\/\.\.\/?$/,
  /testConfiguration(\.js)?$/,
  /^\.\.\/\.\.\/configuration$/,
  /^\.\/feature\/index(\.js)?$/,
];
/** Mail, and a tester that would open a server of its own, are not what is looked at. */
const LEFT_OUT = [/userAccess\/config\/mail$/, /helpers\/BPMNTester$/];
const nothing = new Proxy(function () {}, {
  get: (_all, name) => (name === 'then' ? undefined : nothing),
  apply: () => nothing,
});
Module._load = function (request, parent, ...rest) {
  const from = parent?.filename ?? '';
  if (!from.startsWith(path.join(folder, 'src'))) return load.call(this, request, parent, ...rest);
  if (request === 'bpmn-server') return host;
  if (LEFT_OUT.some((pattern) => pattern.test(request))) return nothing;
  if (IN_PLACE.some((pattern) => pattern.test(request))) return face;
  try {
    return load.call(this, request, parent, ...rest);
  } catch (error) {
    // Packages of the application that the suite does not need.
    if (error.code === 'MODULE_NOT_FOUND' && !request.startsWith('.')) return nothing;
    throw error;
  }
};

exports.mochaHooks = {
  async beforeAll() {
    this.timeout(0);
    await Promise.all(opening);
    if (mode !== 'bare') return;
    const server = new bpmn.BPMNServer(face.configuration, new bpmn.Logger({ toConsole: false }), {
      cron: false,
    });
    await server.dataStore.install();
    // Messages and signals that start a model are found in the database, as the set-up of bpmn-web leaves it.
    await server.definitions.rebuild();
  },
  async afterAll() {
    if (mode !== 'bare') return;
    const { MongoClient } = require('mongodb');
    const client = await MongoClient.connect(url);
    await client.db(database).dropDatabase();
    await client.close();
  },
};
const { expect, assert } = require(path.join(folder, 'node_modules/chai'));
Object.assign(globalThis, { expect, assert });
