import { MongoClient } from 'mongodb';

/** Databases of one run on a MongoDB server; all of them are dropped at the end. */
export function createDatabases(url) {
  const names = [];
  return {
    url,
    next() {
      const name = `bpmn_guard_bench_${process.pid}_${Date.now()}_${names.length}`;
      names.push(name);
      return name;
    },
    async drop() {
      const client = await new MongoClient(url).connect();
      for (const name of names) await client.db(name).dropDatabase();
      await client.close();
    },
  };
}
