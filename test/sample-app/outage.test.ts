import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { eventually } from '../support/guards.js';
import { Proxy } from '../support/proxy.js';
import { PRODUCTION, startSample, type Started } from './started.js';
import type { Answer, Visitor } from './visitor.js';

const url = process.env.MONGO_DB_URL;

if (!url && process.env.CI !== 'true') {
  const missing = 'MONGO_DB_URL is not set: the sample application was not tried with a store that fails';
  process.stderr.write(`SKIPPED: ${missing}\n`);
  test.skip(missing, () => {});
} else {
  const name = `sample_outage_${randomUUID().slice(0, 8)}`;
  let proxy: Proxy;
  let app: Started;
  let visitor: Visitor;

  beforeAll(async () => {
    if (!url) throw new Error('MONGO_DB_URL is not set.');
    proxy = await Proxy.before(url);
    app = await startSample({
      MONGO_DB_URL: proxy.url,
      MONGO_DB_NAME: name,
      API_KEY: PRODUCTION.SESSION_SECRET,
    });
    visitor = await app.login('user1');
  });
  afterEach(async () => {
    proxy.heal();
    // The driver finds out by itself.
    await eventually(async () => (await fetch(`${app.address}/readyz`)).status === 200);
  });
  afterAll(async () => {
    proxy?.heal();
    await app?.remove();
    await proxy?.close();
    const client = await MongoClient.connect(url as string);
    await client.db(name).dropDatabase();
    await client.close();
  });

  function expectWords({ status, text, headers }: Answer): void {
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(text).toMatch(/<h1>Not available just now<\/h1>/);
    expect(text).toContain('The data is not available at the moment. ');
    expect(text).not.toMatch(/mongo|127\.0\.0\.1:\d|node_modules|\.js:\d|Error:/i);
  }

  describe.each(['refuse', 'hang'] as const)('while the store would %s', (mode) => {
    test('pages explain the outage, and work again with the same session afterwards', async () => {
      proxy.become(mode);
      for (const answer of await Promise.all(
        ['/tasks', '/instances', '/start', '/account'].map((path) => visitor.get(path)),
      ))
        expectWords(answer);
      proxy.heal();
      await eventually(async () => (await visitor.get('/tasks')).status === 200);
      expect((await visitor.get('/tasks')).path).toBe('/tasks');
    });

    test('nobody gets in: not with a password, not with a session that cannot be read, not as nobody', async () => {
      const [stranger, forger, nobody] = [app.visitor(), app.visitor(), app.visitor()];
      await stranger.get('/login');
      forger.cookies.set('workflow.sid', 's%3Amade-up.signature');
      proxy.become(mode);
      const answers = await Promise.all([
        stranger.post('/login', { userName: 'user1', password: 'demo-first-1' }),
        forger.get('/tasks'),
        nobody.get('/login'),
      ]);
      answers.forEach(expectWords);
      proxy.heal();
      await eventually(async () => (await stranger.get('/login')).status === 200);
      expect((await stranger.get('/tasks')).path).toBe('/login');
    });

    test('a call with a key is told that it could not be carried out, and it is not ready', async () => {
      // What was found out about readiness is used for a second.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      proxy.become(mode);
      const key = { 'x-api-key': PRODUCTION.SESSION_SECRET, 'content-type': 'application/json' };
      const [called, ready, health] = await Promise.all([
        fetch(`${app.address}/api/engine/start`, {
          method: 'POST',
          headers: key,
          body: JSON.stringify({ name: 'Order Pizza', userId: 'user1' }),
        }),
        fetch(`${app.address}/readyz`),
        fetch(`${app.address}/healthz`),
      ]);
      expect(await called.json()).toMatchObject({ status: 503, code: 'store-unavailable' });
      expect([ready.status, await ready.json()]).toEqual([503, { ready: false }]);
      expect(health.status).toBe(200);
    });
  });

  test('a login fails if its session cannot be stored', async () => {
    const stranger = app.visitor();
    await stranger.get('/login');
    const normal = app.visitor();
    await normal.get('/login');
    proxy.seen = 0;
    await normal.post('/login', { userName: 'user1', password: 'demo-first-1' });
    const calls = proxy.seen;
    // The last calls store the session, the first ones read it and the user.
    for (const nth of new Set([2, calls - 1, calls])) {
      await stranger.get('/login');
      proxy.cutAt({ at: 'request', nth, thenRefuse: true });
      const answer = await stranger.post('/login', { userName: 'user1', password: 'demo-first-1' });
      proxy.heal();
      await eventually(async () => (await fetch(`${app.address}/readyz`)).status === 200);
      const after = await stranger.get('/tasks');
      // Whoever was told of a failure is not in; whoever is in was let in by the password.
      if (answer.status === 503) expectWords(answer);
      else expect(after.path).toBe('/tasks');
      for (const cookie of [...stranger.cookies.keys()]) stranger.cookies.delete(cookie);
    }
    expect(calls).toBeGreaterThan(2);
  });

  test('an interrupted action is reported as failed, and nothing is half done', async () => {
    await visitor.get('/start/Order%20Pizza/start_order');
    const count = async () => app.guard.store.instances.count({ filter: { name: 'Order Pizza' } });
    const before = await count();
    for (const nth of [3, 6]) {
      proxy.cutAt({ at: 'request', nth, thenRefuse: true });
      const answer = await visitor.post('/start/Order%20Pizza/start_order', {
        pizza: 'funghi',
        pieces: '1',
        address: 'x',
      });
      proxy.heal();
      await eventually(async () => (await fetch(`${app.address}/readyz`)).status === 200);
      await visitor.get('/start/Order%20Pizza/start_order');
      if (answer.status !== 200) expectWords(answer);
    }
    expect((await count()) - before).toBeLessThanOrEqual(2);
  });
}
