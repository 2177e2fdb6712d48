import {
  BPMNServer,
  DataStore,
  DefaultAppDelegate,
  Logger,
  ModelsDatastoreDB,
  NoCacheManager,
  ScriptHandler,
} from 'bpmn-server';
import { createGuard, SecureUser } from 'bpmn-guard';
import { BareDataStore, BareModels } from './bare-memory.mjs';
import { MODEL_NAME, MODEL_SOURCE, TASKS } from './model.mjs';

const ADMIN = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });
const waitingFor = (id, elementId) => ({ id, 'items.elementId': elementId });

function assertEnded(status) {
  if (status !== 'end') throw new Error(`The instance is ${status} after its last task`);
}

/** The guard with its rules on: every call as a user of an application. */
export async function openGuarded(store) {
  const guard = await createGuard({ store, env: {} });
  await guard.api.model.save(MODEL_NAME, MODEL_SOURCE, null, ADMIN);
  const { engine } = guard.api;
  return {
    start: (userName) => engine.start(MODEL_NAME, { amount: 1 }, new SecureUser({ userName })),
    async cycle(userName) {
      const user = new SecureUser({ userName });
      const { id } = await engine.start(MODEL_NAME, { amount: 1 }, user);
      let last;
      for (const elementId of TASKS)
        last = await engine.invoke(waitingFor(id, elementId), { [elementId]: true }, user);
      assertEnded(last.status);
    },
    close: () => guard.close(),
  };
}

function bareServer(stores, database) {
  const configuration = {
    timers: { forceTimersDelay: 1000, precision: 3000 },
    database: { MongoDB: database },
    appDelegate: (server) => new DefaultAppDelegate(server),
    cacheManager: (server) => new NoCacheManager(server),
    scriptHandler: () => new ScriptHandler(),
    ...stores,
  };
  return new BPMNServer(configuration, new Logger({ toConsole: false }), { cron: false });
}

const bareStart =
  ({ engine }) =>
  (userName) =>
    engine.start(MODEL_NAME, { amount: 1 }, null, userName);

function bareCycle({ engine }) {
  return async (userName) => {
    const { id } = await engine.start(MODEL_NAME, { amount: 1 }, null, userName);
    let last;
    for (const elementId of TASKS)
      last = await engine.invoke(waitingFor(id, elementId), { [elementId]: true }, userName);
    assertEnded(last.status);
  };
}

/** bpmn-server alone, on the least stores there can be. */
export async function openBare() {
  const server = bareServer(
    { dataStore: () => new BareDataStore(), definitions: (of) => new BareModels(of) },
    {},
  );
  return { start: bareStart(server), cycle: bareCycle(server), close: async () => undefined };
}

/** bpmn-server alone, on its own stores. */
export async function openBareOnMongo(url, name) {
  const server = bareServer(
    { dataStore: (of) => new DataStore(of), definitions: (of) => new ModelsDatastoreDB(of) },
    { db_url: url, db: name },
  );
  await server.dataStore.install();
  await server.definitions.save(MODEL_NAME, MODEL_SOURCE, null);
  return {
    start: bareStart(server),
    cycle: bareCycle(server),
    async close() {
      for (const { db } of [server.dataStore, server.definitions]) await db.client?.close();
    },
  };
}
