import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Stage } from './stage';

type Host = any;

/**
 * An error that nobody awaits would end the test process; to the host it makes no difference whether it was
 * looked at.
 */
function lookAtUnawaited(bpmn: Host): void {
  const looked = (target: any, name: string): void => {
    const original = target[name];
    target[name] = function (...args: unknown[]) {
      const promise = original.apply(this, args);
      promise.catch(() => undefined);
      return promise;
    };
  };
  looked(bpmn.Execution.prototype, 'assign');
  looked(bpmn.CallActivity, 'executionEnded');
}

/** bpmn-server as its own documents set it up, on a database of its own. */
export async function bareStage(
  bpmn: Host,
  url: string,
  files: boolean,
): Promise<Stage & { close(): Promise<void> }> {
  lookAtUnawaited(bpmn);
  const name = `leaks_${randomUUID().slice(0, 8)}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'leaks-'));
  mkdirSync(path.join(folder, 'models'));
  const MongoDB = { db_url: `${url.replace(/\/+$/, '')}/${name}`, db: name };
  const configuration = {
    definitionsPath: path.join(folder, 'models') + path.sep,
    timers: { forceTimersDelay: 0, precision: 3000 },
    database: { MongoDB },
    logger: () => new bpmn.Logger({ toConsole: false }),
    definitions: (server: unknown) =>
      files ? new bpmn.ModelsDatastore(server) : new bpmn.ModelsDatastoreDB(server),
    appDelegate: (server: unknown) => new bpmn.DefaultAppDelegate(server),
    dataStore: (server: unknown) => new bpmn.DataStore(server),
    cacheManager: (server: unknown) => new bpmn.CacheManager(server),
    scriptHandler: () => new bpmn.ScriptHandler(),
  };
  const server = new bpmn.BPMNServer(configuration, new bpmn.Logger({ toConsole: false }), { cron: false });
  const { dataStore, definitions } = server;
  dataStore.enableSavePoints = true;
  await dataStore.install();
  await definitions.install();
  const asked: unknown[] = [];
  let wasLooked = (): void => undefined;
  const find = dataStore.db.find;
  dataStore.db.find = (...args: unknown[]) => (asked.push(args[2]), find.apply(dataStore.db, args));
  return {
    api: new bpmn.BPMNAPI(server),
    server,
    user: (info) => new bpmn.SecureUser(info),
    as: async (_user, work) => work(),
    async stored(id) {
      const [found] = await find.call(dataStore.db, name, 'wf_instances', { id });
      wasLooked();
      return found;
    },
    asked,
    slowDown() {
      const save = dataStore.saveInstance;
      const looked = new Promise<void>((resolve) => (wasLooked = resolve));
      dataStore.saveInstance = (...args: unknown[]) => looked.then(() => save.apply(dataStore, args));
    },
    folder,
    async close() {
      bpmn.CacheManager.liveInstances.clear();
      const client = await dataStore.db.getClient();
      await client.db(name).dropDatabase();
      await client.close();
      await (await definitions.db.getClient()).close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
