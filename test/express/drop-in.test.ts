import * as bpmn from 'bpmn-server';
import { apiKeys, createGuard, openStore, userDirectory, type Guard } from 'bpmn-guard';
import { end, model, start, task } from '../support/models.js';
import { EXPRESSES, Running, tellErrors, type App, type Express } from './running.js';

class Quiet extends bpmn.DefaultAppDelegate {
  override startUp(): void {
    // Upstream prints that the server has started.
  }
}

/** The server as such an application makes it; the database is not there, since the guard brings its own store. */
function upstreamServer(): unknown {
  const made = bpmn as unknown as Record<string, new (server: unknown) => unknown>;
  const make = (name: string) => (server: unknown) =>
    new (made[name] as new (server: unknown) => unknown)(server);
  const configuration = {
    timers: {},
    database: { MongoDB: { db_url: 'mongodb://nowhere', db: 'none' } },
    dataStore: make('DataStore'),
    definitions: make('ModelsDatastore'),
    cacheManager: make('CacheManager'),
    scriptHandler: make('ScriptHandler'),
    appDelegate: (server: never) => new Quiet(server),
  };
  return new bpmn.BPMNServer(configuration as never, new bpmn.Logger({ toConsole: false } as never), {
    cron: false,
  });
}

/** An application as it was before: its routes call bpmn-server's own objects, and check nothing. */
function routes(app: App, server: any): App {
  const answer = (work: (req: any) => unknown) => (req: any, res: any, next: any) =>
    void Promise.resolve()
      .then(() => work(req))
      .then(
        (value: any) =>
          res.json(value?.instance ? { id: value.instance.id, items: value.items?.length } : (value ?? {})),
        next,
      );
  app.post(
    '/start/:name',
    answer((req) => server.engine.start(req.params.name, req.body.data, null, req.body.userName)),
  );
  app.post(
    '/invoke/:itemId',
    answer((req) =>
      server.engine.invoke({ 'items.id': req.params.itemId }, req.body.data, req.body.userName),
    ),
  );
  app.get(
    '/items',
    answer(async () =>
      (await server.dataStore.findItems({ 'items.status': 'wait' })).map(({ id, elementId }: any) => ({
        id,
        elementId,
      })),
    ),
  );
  app.get(
    '/instances',
    answer(async () => (await server.dataStore.findInstances({})).map(({ id }: any) => ({ id }))),
  );
  app.delete(
    '/instances',
    answer(() => server.dataStore.deleteInstances({})),
  );
  return app;
}

describe.each(EXPRESSES)('an existing application, on %s', (_name, express: Express) => {
  let guard: Guard;
  let running: Running;
  const texts: Record<string, string> = {};

  beforeAll(async () => {
    const store = await openStore({ memory: true });
    const directory = userDirectory(store);
    await directory.add({ userName: 'alice' });
    await directory.add({ userName: 'bob' });
    await directory.add({ userName: 'root', userGroups: ['ADMIN'] });
    const server = upstreamServer() as object;
    guard = await createGuard({ env: {}, store, directory, server });
    await guard.api.model.save(
      'mine',
      model([start({ initiator: 'who' }), task('do', { assignee: '$(data.who)' }), end()]),
      null,
      { userName: 'root' },
    );
    const keys = apiKeys(store, { env: {} });
    texts.app = (await keys.create('app', { actsFor: 'anyone' })).text;
    const app = express();
    app.use(express.json());
    app.use(guard.authenticate({ keys }));
    running = await Running.start(tellErrors(routes(app, server)));
  });
  afterAll(async () => {
    await running.stop();
    await guard.close();
  });

  const as = (userName: string, method: string, path: string, body: object = {}) =>
    running.send(path, {
      method,
      headers: { 'x-api-key': texts.app as string },
      body: { userName, ...body },
    });

  test('refuses requests without credentials', async () => {
    for (const [method, path] of [
      ['GET', '/items'],
      ['GET', '/instances'],
      ['DELETE', '/instances'],
      ['POST', '/start/mine'],
    ] as const) {
      const answer = await running.send(path, { method, body: { userName: 'root' } });
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    }
  });

  test('its unchanged routes decide, scope and record for the caller', async () => {
    const started = await as('alice', 'POST', '/start/mine', { data: {} });
    expect(started.status).toBe(200);
    const [item] = (await as('alice', 'GET', '/items')).body;
    expect(item.elementId).toBe('do');
    expect((await as('bob', 'GET', '/items')).body).toEqual([]);
    expect((await as('bob', 'GET', '/instances')).body).toEqual([]);
    expect((await as('bob', 'POST', `/invoke/${item.id}`)).status).toBe(404);
    expect((await as('alice', 'DELETE', '/instances')).status).toBe(403);
    expect((await as('alice', 'POST', `/invoke/${item.id}`)).status).toBe(200);
    expect((await as('alice', 'GET', '/instances')).body).toHaveLength(1);
    const [done] = await guard.store.audit.find({ limit: 1, userName: 'key:app', answer: 'allowed' });
    expect(done).toMatchObject({ onBehalfOf: 'alice' });
  });

  test('a route that names another user than the caller is refused', async () => {
    const answer = await running.send('/start/mine', {
      method: 'POST',
      headers: { 'x-api-key': texts.app as string },
      body: { userId: 'alice', userName: 'bob' },
    });
    expect([answer.status, answer.body.message]).toEqual([400, 'The request names two users.']);
  });

  describe('with a login that is not required', () => {
    let open: Running;
    let task: string;
    const failures: string[] = [];
    beforeAll(async () => {
      const app = express();
      app.use(express.json());
      app.use(guard.authenticate({ keys: apiKeys(guard.store, { env: {} }), required: false }));
      routes(app, guard.server);
      // An application that notes failures as instances of a process, under the name that it was sent.
      app.use((error: any, req: any, _res: any, next: any) => {
        const { engine } = guard.server as any;
        engine.start('mine', {}, null, req.body.userName).then(
          () => failures.push('started'),
          ({ code }: any) => failures.push(code),
        );
        next(error);
      });
      open = await Running.start(tellErrors(app));
      const { items } = await guard.api.engine.start('mine', {}, { userName: 'alice' });
      task = items.find(({ elementId }) => elementId === 'do')?.id as string;
    });
    afterAll(() => open.stop());

    test.each([
      ['nothing', undefined],
      ['a name', 'alice'],
      ['the name of an administrator', 'root'],
      ['an object', { userName: 'root' }],
      ['an object with groups', { userName: 'root', userGroups: ['ADMIN', 'SYSTEM'] }],
      ['a list', ['root']],
    ])(
      'a request without credentials has no user, whatever the user argument is: %s',
      async (_name, userName) => {
        for (const [method, path] of [
          ['POST', `/invoke/${task}`],
          ['POST', '/start/mine'],
          ['GET', '/items'],
          ['DELETE', '/instances'],
        ] as const) {
          const answer = await open.send(path, { method, body: { userName } });
          expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'unauthenticated']);
        }
        expect(failures.splice(0)).not.toContain('started');
        const [entry] = await guard.store.audit.find({ limit: 1 });
        expect(entry).toMatchObject({ userName: null, answer: 'refused' });
      },
    );

    test('a request with an invalid key has no user, even if the error is handled', async () => {
      const answer = await open.send('/start/mine', {
        method: 'POST',
        headers: { 'x-api-key': 'bad' },
        body: { userName: 'root' },
      });
      expect(answer.status).toBe(401);
      await new Promise((resolve) => setImmediate(resolve));
      expect(failures.splice(0)).toEqual(['unauthenticated']);
    });

    test('a request with a key acts as its user; an object as the name is refused', async () => {
      const headers = { 'x-api-key': texts.app as string };
      expect(
        (await open.send('/start/mine', { method: 'POST', headers, body: { userName: 'alice' } })).status,
      ).toBe(200);
      const answer = await open.send('/start/mine', {
        method: 'POST',
        headers,
        body: { userId: 'alice', userName: { userName: 'root' } },
      });
      expect(answer.status).toBe(400);
    });
  });
});
