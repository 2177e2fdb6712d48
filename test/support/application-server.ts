import * as bpmn from 'bpmn-server';

/** The server of an application as it makes it itself; there is no database, since the guard brings its own store. */
export function serverOfApplication(): any {
  const { DataStore, ModelsDatastore, CacheManager, ScriptHandler, BPMNServer, Logger } = bpmn as any;
  const configuration = {
    database: { MongoDB: { db_url: 'mongodb://nowhere', db: 'none' } },
    dataStore: (it: unknown) => new DataStore(it),
    definitions: (it: unknown) => new ModelsDatastore(it),
    cacheManager: (it: unknown) => new CacheManager(it),
    scriptHandler: (it: unknown) => new ScriptHandler(it),
    appDelegate: (it: never) => new bpmn.DefaultAppDelegate(it),
  };
  return new BPMNServer(configuration, new Logger({ toConsole: false }), { cron: false });
}
