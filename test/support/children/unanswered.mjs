// What clients see of refusals that their routes neither return nor await; says one JSON text a line.
import { createRequire } from 'node:module';
import { request } from 'node:http';
import { AccessDenied, CouldNotTell, createGuard } from 'bpmn-guard';
import bpmn from 'bpmn-server';

console.log = () => undefined;
const { module, dropIn = false, alone = false, mode = 'answers' } = JSON.parse(process.argv[2]);
const express = createRequire(import.meta.url)(module);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for it, but not for ever: what it is that did not come to pass is told by what is said. */
async function until(condition) {
  for (let left = 10_000; left > 0 && !condition(); left--) await pause(2);
}
/** Routes that go on when the refusal has been answered. */
let goingOn = 0;
async function whenAnswered(res, work = () => undefined) {
  goingOn++;
  await until(() => res.writableEnded);
  goingOn--;
  return work();
}

class Delegate extends bpmn.DefaultAppDelegate {
  startUp() {}
}

const log = [];
const note = (message, { code, answered } = {}) => log.push({ message, code, answered });
/** The server of an application that exists, as bpmn-server's own demonstration application makes it. */
function ownServer() {
  const make = (name) => (server) => new bpmn[name](server);
  const configuration = {
    timers: {},
    database: { MongoDB: { db_url: 'mongodb://nowhere', db: 'none' } },
    dataStore: make('DataStore'),
    definitions: make('ModelsDatastore'),
    cacheManager: make('CacheManager'),
    scriptHandler: make('ScriptHandler'),
    appDelegate: (server) => new Delegate(server),
  };
  return new bpmn.BPMNServer(configuration, new bpmn.Logger({ toConsole: false }), { cron: false });
}
const own = dropIn ? ownServer() : undefined;
const guard = await createGuard({
  env: {},
  store: { memory: true },
  ...(dropIn ? { server: own } : { configuration: { appDelegate: (server) => new Delegate(server) } }),
  logger: { info: note, warn: note, error: note },
});
const { engine } = own ?? guard.server;
const eve = { userName: 'eve', userGroups: [] };
const start = () => engine.start('nothing');
const down = () => Promise.reject(new CouldNotTell('store-unavailable', 'The store did not answer.'));
/** What refuses is called in a callback that runs outside the context of any request. */
const queue = [];
const worker = setInterval(() => queue.splice(0).forEach((work) => work()), 5);

function routes(app) {
  app.get('/returned', start);
  app.get('/void', () => void start());
  app.get('/bound', (_req, res) => void (res.locals.guard ?? guard.api).engine.start('nothing'));
  app.get('/runAs', () => void (guard.current() ? guard.runAs(eve, start) : start()));
  app.get('/below', async () => void (await pause(1), await pause(1), start()));
  app.get('/timer', () => {
    start().catch((error) =>
      setTimeout(() => {
        throw error;
      }, 1),
    );
  });
  app.get('/elsewhere', () => {
    start().catch((error) =>
      queue.push(() => {
        throw error;
      }),
    );
  });
  app.get('/twice', () => {
    void start();
    void start();
  });
  app.get('/later', (_req, res) => {
    void start();
    void whenAnswered(res, () => res.status(201).json({ later: true }));
  });
  app.get('/raw', (_req, res) => {
    void start();
    void whenAnswered(res, () => {
      res.setHeader('x-late', 'yes');
      res.writeHead(201, { 'x-late': 'yes' });
      res.write('late');
      res.end('later');
    });
  });
  app.get('/awaited-later', async (_req, res) => {
    const started = start();
    await whenAnswered(res);
    await started;
  });
  app.get('/middleware', (_req, res, next) => {
    void start();
    void whenAnswered(res, next);
  });
  app.get('/down/returned', down);
  app.get('/down/void', () => void down());
  app.get('/argument/returned', () => engine.invokeItem({}, {}, 'more'));
  app.get('/argument/void', () => void engine.invokeItem({}, {}, 'more'));
  app.get('/own/returned', () => Promise.reject(new AccessDenied('forbidden', 'The application says no.')));
  app.get('/own/void', () => void Promise.reject(new AccessDenied('forbidden', 'The application says no.')));
  app.get('/mine/:number', async ({ params }) => {
    await pause(Math.random() * 10);
    void Promise.reject(new AccessDenied('forbidden', `No ${params.number} for you.`));
    await pause(Math.random() * 10);
  });
  const [outer, inner] = [express.Router(), express.Router()];
  inner.get('/returned', start);
  inner.get('/void', () => void start());
  inner.use((error, req, res, _next) =>
    res.status(418).json({ code: error.code, url: req.originalUrl.slice(0, 7), at: req.baseUrl }),
  );
  outer.use('/inner', inner);
  app.use('/outer', outer);

  app.get('/sent', (_req, res) => {
    res.json({ sent: true });
    void start();
  });
  app.get('/streams', (_req, res) => {
    res.write('one ');
    void start();
    setTimeout(() => res.end('two'), 50);
  });
  app.get('/gone', (_req, res) => {
    const looks = setInterval(() => {
      if (!res.destroyed) return;
      clearInterval(looks);
      void start();
    }, 5);
  });
  app.get('/foreign', () => void Promise.reject(new Error('a foreign rejection')));
}

/** An application whose refusals are answered by the handlers given. */
async function application(...handlers) {
  const app = express();
  if (dropIn) guard.protect(app);
  app.use((req, _res, next) => {
    if (req.headers['x-user'] !== undefined) req.user = eve;
    next();
  });
  if (!alone) app.use(guard.authenticate({ toPrincipal: (user) => user }));
  routes(app);
  // Also for routes that are there already.
  if (alone) guard.protect(guard.protect(app));
  app.use(...handlers);
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return { server, port: server.address().port };
}

const send = (port, path, headers, hangsUp = false) =>
  new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, headers, agent: false, timeout: 60_000 },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('error', reject).on('end', () => {
          const { date, ...rest } = response.headers;
          resolve({ status: response.statusCode, headers: rest, text });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', (error) => resolve({ error: error.message })).end();
    if (hangsUp) setTimeout(() => sent.destroy(), 50);
  });

const USER = { 'x-user': 'eve' };
const BROWSER = { ...USER, accept: 'text/html' };
const plain = await application(guard.errorHandler());
const rendered = await application(
  guard.errorHandler({
    render: async ({ code }, _req, res) => {
      await pause(20);
      res.send(`<p>${code} for ${(await guard.current())?.userName}</p>`);
    },
  }),
);
const none = await application((error, _req, res, _next) =>
  res.status(error.status).send(`own: ${error.code}`),
);

if (mode === 'foreign') {
  await send(plain.port, '/foreign', USER);
  await pause(30_000);
  say({ alive: true });
}
if (mode === 'answers') {
  const LIKE = {
    '/returned': [
      '/void',
      '/bound',
      '/runAs',
      '/below',
      '/timer',
      '/elsewhere',
      '/twice',
      '/later',
      '/raw',
      '/awaited-later',
      '/middleware',
    ],
    '/down/returned': ['/down/void'],
    '/argument/returned': ['/argument/void'],
    '/own/returned': ['/own/void'],
    '/outer/inner/returned': ['/outer/inner/void'],
  };
  const isLogged = (times = 1) => log.filter(({ answered }) => answered !== undefined).length >= times;
  const CLIENTS = {
    json: [plain, USER],
    browser: [plain, BROWSER],
    nobody: [plain, {}],
    rendered: [rendered, BROWSER],
    unhandled: [none, USER],
  };
  for (const [client, [{ port }, headers]] of Object.entries(CLIENTS))
    for (const [returned, others] of Object.entries(LIKE)) {
      const expected = await send(port, returned, headers);
      for (const path of others) {
        log.length = 0;
        const found = await send(port, path, headers);
        await until(() => goingOn === 0 && isLogged(path === '/twice' ? 2 : 1));
        say({ client, path, expected, found, log: [...log] });
      }
    }
  const MANY = Array.from({ length: 20 }, (_none, at) => `/mine/${at}`);
  const texts = await Promise.all(MANY.map(async (path) => (await send(plain.port, path, USER)).text));
  await until(() => goingOn === 0);
  say({ client: 'many', texts });
  for (const path of ['/sent', '/streams', '/gone']) {
    log.length = 0;
    const found = await send(plain.port, path, USER, path === '/gone');
    await until(isLogged);
    say({ path, found, log: [...log] });
  }
  say({ alive: true });
}
clearInterval(worker);
for (const { server } of [plain, rendered, none]) {
  server.close();
  server.closeAllConnections();
}
await guard.close();
