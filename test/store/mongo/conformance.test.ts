import { openStore } from '../../../src/store/open.js';
import { conformance } from '../conformance.js';
import { describeMongo, dropDatabase, MONGO_DB_URL, randomName } from '../mongo-server.js';

describeMongo('MongoDB', () => {
  const names: string[] = [];
  afterAll(async () => {
    for (const name of names) await dropDatabase(name);
  });

  conformance('in MongoDB', () => {
    const name = randomName();
    names.push(name);
    return openStore({ url: MONGO_DB_URL as string, name, timeout: 30_000 });
  });
});
