import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { emptyFolder, startApplication } from './application.js';
import { linkTo, Visitor } from './visitor.js';

const url = process.env.MONGO_DB_URL;

if (!url && process.env.CI !== 'true') {
  const missing = 'MONGO_DB_URL is not set: the sample application was not tried on MongoDB';
  process.stderr.write(`SKIPPED: ${missing}\n`);
  test.skip(missing, () => {});
} else {
  test('on MongoDB, a second start keeps sessions, users, models and running work', async () => {
    if (!url) throw new Error('MONGO_DB_URL is not set.');
    const name = `sample_app_${randomUUID().slice(0, 8)}`;
    const { folder, remove } = await emptyFolder();
    const env = { MONGO_DB_URL: url, MONGO_DB_NAME: name };
    try {
      const first = await startApplication(folder, env);
      const [requester, supervisor] = [new Visitor(first.address), new Visitor(first.address)];
      await requester.login('user1');
      const task = await requester.post('/start/Request%20Vacation/start_vacation');
      await requester.post(`${task.path}/complete`, { from: '2030-01-01', to: '2030-01-02' });
      await supervisor.login('boss');
      expect(await first.stop()).toBe(0);

      const second = await startApplication(folder, env);
      const later = new Visitor(second.address);
      for (const [key, value] of supervisor.cookies) later.cookies.set(key, value);
      const tasks = await later.get('/tasks');
      expect(tasks.text).toContain('user1 asks for vacation');
      const approve = linkTo(tasks, '/tasks/', 'Approve');
      expect((await later.post(`${approve}/complete`, { approved: 'true' })).text).toContain(
        'Approve is completed.',
      );
      await later.post('/logout');
      expect((await later.get('/tasks')).path).toBe('/login');
      expect(await second.stop()).toBe(0);
    } finally {
      const client = await MongoClient.connect(url);
      await client.db(name).dropDatabase();
      await client.close();
      await remove();
    }
  });
}
