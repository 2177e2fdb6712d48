import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';

/** The server that tests use; undefined: none, and they are skipped. */
export const MONGO_DB_URL = process.env.MONGO_DB_URL;

/** A name that no other test file, and no other run, uses. */
export const randomName = (): string => `guard_test_${randomBytes(6).toString('hex')}`;

/** Runs a task with a client of its own. */
export async function withClient<T>(task: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = await new MongoClient(MONGO_DB_URL as string, {
    serverSelectionTimeoutMS: 30_000,
  }).connect();
  try {
    return await task(client);
  } finally {
    await client.close();
  }
}

export const dropDatabase = (name: string): Promise<boolean> =>
  withClient((client) => client.db(name).dropDatabase());

/** True for mongo-java-server, which tells no more of itself than its version. */
export const isMongoJavaServer = (): Promise<boolean> =>
  withClient(async (client) => {
    const info = await client.db('admin').command({ buildInfo: 1 });
    return info.gitVersion === undefined && info.storageEngines === undefined;
  });

/** Declares tests that need a server: skipped with one visible line without one, failing where CI is set. */
export function describeMongo(name: string, tests: () => void): void {
  if (MONGO_DB_URL !== undefined) {
    describe(name, tests);
    return;
  }
  if (process.env.CI === 'true') {
    test(`${name} need MONGO_DB_URL`, () => {
      throw new Error('MONGO_DB_URL is not set');
    });
    return;
  }
  process.stderr.write(`skipped: MONGO_DB_URL is not set, so tests of ${name} were not run\n`);
  test.skip(`${name} need MONGO_DB_URL`, () => undefined);
}
