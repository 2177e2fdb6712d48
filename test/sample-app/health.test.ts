import type { Health } from 'bpmn-guard';
import express from 'express';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { eventually } from '../support/guards.js';
import { startSample, type Started } from './started.js';

const { healthRoutes } = require('../../sample-app/web/health.js') as {
  healthRoutes(guard: object, logger: object): express.RequestHandler;
};

describe('in the application', () => {
  let app: Started;
  beforeAll(async () => {
    app = await startSample();
  });
  afterAll(() => app?.remove());

  test('it is healthy and ready, and reveals nothing else to strangers', async () => {
    const [health, ready] = [await fetch(`${app.address}/healthz`), await fetch(`${app.address}/readyz`)];
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true }]);
    expect(ready.headers.get('set-cookie')).toBeNull();
  });

  test('only reading is possible', async () => {
    const answer = await fetch(`${app.address}/readyz`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

const WELL: Health = {
  ok: true,
  store: { kind: 'memory', answers: true },
  missingIndexes: [],
  reindexed: true,
  stuck: 0,
  held: 0,
  unreadableModels: [],
  bypass: false,
  unmarked: [],
  incidents: {},
};

describe('readiness', () => {
  let server: Server;
  let health: () => Promise<Health>;
  let asked: number;
  const log: unknown[] = [];

  beforeEach(async () => {
    asked = 0;
    log.length = 0;
    const guard = { health: () => ((asked += 1), health()) };
    const note = (message: string, facts?: object) => void log.push([message, facts]);
    server = express()
      .use(healthRoutes(guard, { info: note, error: note }))
      .listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const ask = async (path = '/readyz'): Promise<[number, unknown]> => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return [answer.status, await answer.json()];
  };

  test.each([
    ['the store does not answer', { ok: false, store: { kind: 'mongo', answers: false } }],
    ['an index is missing', { ok: false, missingIndexes: ['a secret name'] }],
    ['documents are not reindexed', { reindexed: false }],
  ])('%s: it is not ready, and the log says why', async (_what, wrong) => {
    health = async () => ({ ...WELL, ...wrong });
    expect(await ask()).toEqual([503, { ready: false }]);
    expect(log).toEqual([
      ['not ready', expect.objectContaining({ reindexed: expect.any(Boolean), store: expect.any(Boolean) })],
    ]);
    expect(await ask('/healthz')).toEqual([200, { status: 'ok' }]);
  });

  test('errors are not revealed', async () => {
    health = () => Promise.reject(new Error('mongodb://user:password@host'));
    expect(await ask()).toEqual([503, { ready: false }]);
    expect(JSON.stringify(log)).not.toContain('password');
  });

  test('concurrent requests make one query to the store', async () => {
    const MANY = 20;
    let arrived = 0;
    server.on('request', () => (arrived += 1));
    health = () => eventually(() => arrived === MANY && WELL);
    const answers = await Promise.all(Array.from({ length: MANY }, () => ask()));
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
    expect(asked).toBe(1);
  });

  test('it is ready again with the store, and does not wait for a hanging store', async () => {
    health = () => new Promise(() => undefined);
    expect((await ask())[0]).toBe(503);
    health = async () => WELL;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await ask())[0]).toBe(200);
    expect(log).toEqual([
      ['not ready', expect.anything()],
      ['ready again', undefined],
    ]);
  });
});
