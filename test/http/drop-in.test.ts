import express from 'express';
import session from 'express-session';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import * as bpmn from 'bpmn-server';
import { createGuard, type Guard } from 'bpmn-guard';
import { TestDelegate } from '../support/guards.js';
import { ADMIN, MODELS, PEOPLE } from './people.js';

/** The server of an application as it was: made by bpmn-server, with timers off. */
function server(): any {
  const { DataStore, ModelsDatastore, CacheManager, ScriptHandler, BPMNServer, Logger } = bpmn as any;
  const configuration = {
    database: { MongoDB: { db_url: 'mongodb://nowhere', db: 'none' } },
    dataStore: (it: unknown) => new DataStore(it),
    definitions: (it: unknown) => new ModelsDatastore(it),
    cacheManager: (it: unknown) => new CacheManager(it),
    scriptHandler: (it: unknown) => new ScriptHandler(it),
    appDelegate: (it: unknown) => new TestDelegate(it, { getSupervisor: async () => 'boss' }),
  };
  return new BPMNServer(configuration, new Logger({ toConsole: false }), { cron: false });
}

/** The application as it was: a login, and routes that call the server or bpmn-server's API and check nothing. */
function application(
  server: any,
  added: (app: express.Express) => void,
  addedLast: (app: express.Express) => void,
): express.Express {
  const api = new (bpmn as any).BPMNAPI(server);
  const userOf = (req: any) => req.user && new bpmn.SecureUser(req.user);
  const app = express();
  app.use(session({ secret: 'of the test', resave: false, saveUninitialized: false }), express.json());
  app.post('/login/:name', (req: any, res) => {
    req.session.userName = req.params.name;
    res.json({});
  });
  app.use((req: any, _res, next) => {
    const { userName } = req.session;
    if (userName !== undefined) req.user = { userName, userGroups: PEOPLE[userName]?.userGroups ?? [] };
    next();
  });
  added(app);
  const item = ({ id, elementId }: any) => ({ id, elementId });
  app.post(
    '/start/:name',
    async (req: any, res) =>
      void res.json({
        id: (await server.engine.start(req.params.name, req.body, null, req.user?.userName)).instance.id,
      }),
  );
  app.post(
    '/do/:id',
    async (req: any, res) =>
      void res.json({
        status: (await server.engine.invoke({ 'items.id': req.params.id }, req.body, req.user?.userName))
          .instance.status,
      }),
  );
  app.get(
    '/items',
    async (_req, res) =>
      void res.json(
        (await server.dataStore.findItems({ 'items.status': 'wait', 'items.type': 'bpmn:UserTask' })).map(
          item,
        ),
      ),
  );
  app.get(
    '/instances',
    async (_req, res) => void res.json((await server.dataStore.findInstances({})).map(({ id }: any) => id)),
  );
  app.delete('/instances', async (_req, res) => void res.json(await server.dataStore.deleteInstances({})));
  app.get(
    '/models',
    async (_req, res) => void res.json((await server.definitions.getList()).map(({ name }: any) => name)),
  );
  app.get(
    '/api-items',
    async (req, res) => void res.json((await api.data.getPendingUserTasks({}, userOf(req))).map(item)),
  );
  app.post(
    '/api-start/:name',
    async (req, res) =>
      void res.json({ id: (await api.engine.start(req.params.name, req.body, userOf(req))).instance.id }),
  );
  app.get(
    '/store',
    async (_req, res) => void res.json(await server.dataStore.db.find('none', 'wf_instances', {})),
  );
  addedLast(app);
  return app;
}

describe('an application with sessions, secured by two lines', () => {
  let guard: Guard;
  let running: Server;
  const cookies = new Map<string, string>();

  const go = async (user: string | undefined, method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${(running.address() as AddressInfo).port}${path}`, {
      method,
      headers: {
        ...(user === undefined ? {} : { cookie: cookies.get(user) ?? '' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const [cookie] = response.headers.getSetCookie();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const answer = isJson ? (JSON.parse(text) as any) : undefined;
    return { status: response.status, body: answer, text, cookie: cookie?.split(';')[0] };
  };

  beforeAll(async () => {
    const made = server();
    guard = await createGuard({
      server: made,
      store: { memory: true },
      env: {},
      directory: { find: async (name) => (Object.hasOwn(PEOPLE, name) ? PEOPLE[name] : undefined) },
    });
    for (const [name, source] of Object.entries(MODELS))
      await guard.api.model.save(name, source, null, ADMIN);
    const app = application(
      made,
      (it) => void it.use(guard.authenticate({ toPrincipal: (user: any) => user })),
      (it) => void it.use(guard.errorHandler()),
    );
    running = await new Promise((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
    for (const name of Object.keys(PEOPLE))
      cookies.set(name, (await go(undefined, 'POST', `/login/${name}`)).cookie as string);
  });
  afterAll(async () => {
    running.closeAllConnections();
    await new Promise((resolve) => running.close(resolve));
    await guard.close();
  });

  test.each(['/items', '/instances', '/models', '/store'])(
    '%s is refused without a session',
    async (path) => {
      const { status, body } = await go(undefined, 'GET', path);
      expect([status, body.code]).toEqual([401, 'unauthenticated']);
    },
  );

  test('the API of bpmn-server, which reads the user itself, is refused without a session', async () => {
    const { status, text } = await go(undefined, 'GET', '/api-items');
    expect(status).toBe(401);
    expect(text).not.toContain('items');
  });

  test('a process runs as before, each step by the people of the model', async () => {
    expect((await go('alice', 'POST', '/start/Request%20Vacation', { days: 3 })).status).toBe(200);
    const [request] = (await go('alice', 'GET', '/items')).body;
    expect(request.elementId).toBe('request');
    for (const other of ['bob', 'boss', 'stranger'])
      expect((await go(other, 'GET', '/items')).body).toEqual([]);
    expect((await go('bob', 'POST', `/do/${request.id}`, {})).body).toMatchObject({
      status: 404,
      code: 'not-found',
    });
    expect((await go('alice', 'POST', `/do/${request.id}`, {})).status).toBe(200);
    const [approve] = (await go('boss', 'GET', '/api-items')).body;
    expect((await go('boss', 'POST', `/do/${approve.id}`, { ok: true })).body).toEqual({ status: 'end' });
  });

  test("bpmn-server's own API on that server is scoped as well", async () => {
    const { body } = await go('alice', 'POST', '/api-start/review', {});
    expect((await go('alice', 'GET', '/api-items')).body.map(({ elementId }: any) => elementId)).toEqual([
      'read',
    ]);
    expect((await go('stranger', 'GET', '/api-items')).body).toEqual([]);
    expect((await go('stranger', 'POST', '/api-start/review', {})).body).toMatchObject({
      status: 404,
      code: 'not-found',
    });
    expect((await go('alice', 'GET', '/instances')).body).toContain(body.id);
    expect((await go('stranger', 'GET', '/instances')).body).toEqual([]);
  });

  test('operations without a permitting rule are refused: deleting everything, and the database itself', async () => {
    const before = await guard.as(ADMIN).data.findInstances({});
    expect(before).not.toEqual([]);
    expect((await go('alice', 'DELETE', '/instances')).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    const { status, text } = await go('alice', 'GET', '/store');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|\/test\//);
    expect(await guard.as(ADMIN).data.findInstances({})).toEqual(before);
  });

  test('concurrent sessions are separate', async () => {
    const lists = await Promise.all(
      Array.from({ length: 20 }, (_, at) => go(at % 2 === 0 ? 'alice' : 'stranger', 'GET', '/instances')),
    );
    expect(lists.filter(({ body }, at) => (at % 2 === 0 ? body.length === 0 : body.length > 0))).toEqual([]);
  });
});
