import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5 from 'express';
import { createGuard, requireHost, requireOwnOrigin, type Guard } from 'bpmn-guard';
import { end, model, start, task } from '../support/models.js';
import { TestDelegate } from '../support/guards.js';
import { send, type Answer } from '../http/send.js';
import { EXPRESSES, type Express } from './running.js';

type Headers = Readonly<Record<string, string>>;

const COOKIE = { cookie: 'session=alice' };
const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'TEXT/PLAIN; charset=utf-8',
  'text/plain; application/json',
];

/** An application with a session, a login page, and routes that change and read. */
function application(guard: Guard, express: Express, options: object): Server {
  const app = express();
  app.use((req: any, _res: any, next: any) => {
    if (req.headers.cookie === COOKIE.cookie) req.user = { userName: 'alice' };
    next();
  });
  app.use(guard.authenticate({ toPrincipal: (user) => user as { userName: string }, ...options }));
  app.get('/login', (_req: any, res: any) => void res.send('please sign in'));
  app.all('/change', (_req: any, res: any) => void res.json({ by: res.locals.principal?.userName }));
  app.use(guard.router({ dialect: 'http' }));
  app.use(guard.errorHandler({ dialect: 'http' }));
  return createServer(app);
}

async function made(env: Readonly<Record<string, string>> = {}): Promise<Guard> {
  const guard = await createGuard({
    env,
    store: { memory: true },
    configuration: { appDelegate: (server: unknown) => new TestDelegate(server, {}) },
  });
  await guard.api.model.save('ask', model([start(), task('answer'), end()]), null, {
    userName: 'root',
    userGroups: ['ADMIN'],
  });
  return guard;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe.each(EXPRESSES)('a change with a session, on %s', (_name, express) => {
  let guard: Guard;
  let server: Server;
  let port: number;
  beforeAll(async () => {
    guard = await made();
    server = application(guard, express, { origins: ['https://app.example.com'] });
    port = await listening(server);
  });
  afterAll(async () => {
    server.close();
    await guard.close();
  });
  const change = (headers: Headers, method = 'POST', body?: string): Promise<Answer> =>
    send(port, method, '/change', { ...COOKIE, ...headers }, body);
  const own = (): string => `http://127.0.0.1:${port}`;

  test.each<[string, () => Headers]>([
    ['its origin', () => ({ origin: own() })],
    ['its origin, of a proxy', () => ({ origin: 'https://app.example.com' })],
    ['its page', () => ({ referer: `${own()}/some/page?x=1` })],
    ['the browser', () => ({ 'sec-fetch-site': 'same-origin' })],
    ['the browser, whatever page is named', () => ({ 'sec-fetch-site': 'same-origin', origin: 'null' })],
    ['the address bar', () => ({ 'sec-fetch-site': 'none' })],
    ['a header that no form can send', () => ({ 'x-requested-with': 'fetch' })],
    ['a host with the usual port', () => ({ host: 'example.org:80', origin: 'http://example.org' })],
  ])('is allowed by %s, whatever the type of the body', async (_what, headers) => {
    for (const type of TYPES) {
      const { status, body } = await change({ ...headers(), 'content-type': type }, 'POST', 'a=b');
      expect([type, status, body.by]).toEqual([type, 200, 'alice']);
    }
  });

  test('is allowed as JSON, which forms cannot send', async () => {
    expect((await change({ 'content-type': 'application/json' }, 'POST', '{}')).status).toBe(200);
  });

  test.each<[string, () => Headers]>([
    ['another origin', () => ({ origin: 'https://evil.example' })],
    ['another port of this machine', () => ({ origin: 'http://127.0.0.1:1' })],
    ['another name of this machine', () => ({ origin: `http://localhost:${port}` })],
    ['a sandbox', () => ({ origin: 'null' })],
    ['an empty origin', () => ({ origin: '' })],
    ['two origins', () => ({ origin: `${own()}, https://evil.example` })],
    ['an origin that begins like its own', () => ({ origin: `${own()}.evil.example` })],
    ['an extension', () => ({ origin: 'chrome-extension://abc' })],
    ['another page', () => ({ referer: 'https://evil.example/' })],
    ['a page with its own address in its path', () => ({ referer: `https://evil.example/${own()}` })],
    ['a page with its own name as its user', () => ({ referer: `http://127.0.0.1:${port}@evil.example/` })],
    ['another origin, with its own page', () => ({ origin: 'https://evil.example', referer: own() })],
    ['another site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['another host of the site', () => ({ 'sec-fetch-site': 'same-site' })],
    ['another site, with its own origin', () => ({ 'sec-fetch-site': 'cross-site', origin: own() })],
    ['a word that is none', () => ({ 'sec-fetch-site': 'Same-Origin' })],
    ['a password that the browser sends by itself', () => ({ authorization: 'Basic YWxpY2U6cA==' })],
    ['nowhere', () => ({})],
  ])('is refused from %s, whatever the type of the body and the method', async (_what, headers) => {
    for (const type of TYPES) {
      const { status, body } = await change({ ...headers(), 'content-type': type }, 'POST', 'a=b');
      expect([type, status, body.code]).toEqual([type, 403, 'forbidden']);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect([method, (await change(headers(), method)).status]).toEqual([method, 403]);
  });

  test('is refused if the browser names another page, even with JSON and the script header', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { referer: 'https://evil.example/' },
    ] as Headers[])
      for (const more of [
        { 'content-type': 'application/json' },
        { 'x-requested-with': 'fetch' },
      ] as Headers[])
        expect((await change({ ...headers, ...more }, 'POST', '{}')).status).toBe(403);
  });

  test('a model cannot be stored through a form of another page, and the refusal is recorded', async () => {
    const form = '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n<x/>\r\n--x--\r\n';
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    for (const headers of [{ origin: 'https://evil.example' }, {}] as Headers[])
      expect(
        (await send(port, 'POST', '/api/model/import/evil', { ...COOKIE, ...type, ...headers }, form)).status,
      ).toBe(403);
    const [entry] = await guard.store.audit.find({ limit: 1, answer: 'refused' });
    expect(entry).toMatchObject({
      userName: 'alice',
      operation: 'authenticate',
      resource: { kind: 'system', name: 'session' },
      reason: 'forbidden',
    });
  });

  test('a read is allowed by a link from another page', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      expect((await change({ 'sec-fetch-site': 'cross-site' }, method)).status).toBe(200);
  });

  test('pages without a session need no option', async () => {
    expect((await send(port, 'GET', '/login')).text).toBe('please sign in');
    const refused = await send(port, 'GET', '/api/tasks');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      401,
      'ApiKey realm="api", header="x-api-key", Session realm="api"',
    ]);
  });
});

describe('over HTTPS', () => {
  test('the same page without HTTPS is another origin', async () => {
    const app = express5();
    app.set('trust proxy', 'loopback');
    app.use(requireOwnOrigin());
    app.post('/', (_req, res) => void res.send('done'));
    app.use((error: any, _req: any, res: any, _next: any) => void res.status(error.status).end());
    const server = createServer(app);
    const port = await listening(server);
    try {
      const from = async (origin: string, proto: string) =>
        (await send(port, 'POST', '/', { host: 'app.example.com', origin, 'x-forwarded-proto': proto }))
          .status;
      expect(await from('http://app.example.com', 'https')).toBe(403);
      expect(await from('https://app.example.com', 'https')).toBe(200);
      expect(await from('https://app.example.com:444', 'https')).toBe(403);
      expect(await from('http://app.example.com', 'http')).toBe(200);
    } finally {
      server.close();
    }
  });
});

describe('names of the host', () => {
  const ask = async (server: Server, headers: Headers, path = '/change', method = 'GET') =>
    (await send((server.address() as AddressInfo).port, method, path, headers)).status;

  test('without a login only pages of this machine act as the developer', async () => {
    const guard = await made({ REQUIRE_AUTHENTICATION: 'false' });
    const server = application(guard, express5, {});
    const port = await listening(server);
    try {
      for (const host of ['localhost', 'LOCALHOST.', '127.0.0.1', '[::1]'])
        expect([host, await ask(server, { host: `${host}:${port}` })]).toEqual([host, 200]);
      for (const host of [
        'evil.example',
        '127.0.0.1.evil.example',
        'localhost.evil.example',
        '0.0.0.0',
        '@localhost',
      ])
        expect([host, await ask(server, { host })]).toEqual([host, 421]);
      // DNS rebinding: for the browser it is all one origin.
      const rebound = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` };
      const form = '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n<x/>\r\n--x--\r\n';
      const { status } = await send(
        port,
        'POST',
        '/api/model/import/evil',
        { ...rebound, 'content-type': 'multipart/form-data; boundary=x' },
        form,
      );
      expect(status).toBe(421);
      expect((await guard.api.model.list()).map(({ name }) => name)).toEqual(['ask']);
      expect(await ask(server, { origin: 'https://evil.example' }, '/change', 'POST')).toBe(403);
      expect(await ask(server, {}, '/change', 'POST')).toBe(403);
    } finally {
      server.close();
      await guard.close();
    }
  });

  test('with a list only its hosts are answered', async () => {
    const guard = await made();
    const server = application(guard, express5, { hosts: ['app.example.com', '[::1]'] });
    await listening(server);
    try {
      expect(await ask(server, { host: 'App.Example.com:8443' }, '/login')).toBe(200);
      expect(await ask(server, { host: '[::1]' }, '/login')).toBe(200);
      for (const host of ['localhost', 'example.com', 'app.example.com.evil.example'])
        for (const headers of [{ host }, { host, ...COOKIE }])
          expect([host, await ask(server, headers, '/login')]).toEqual([host, 421]);
    } finally {
      server.close();
      await guard.close();
    }
  });

  test('the middleware alone does the same for any application', async () => {
    const app = express5();
    app.use(requireHost(['localhost']));
    app.get('/change', (_req, res) => void res.send('done'));
    app.use((error: any, _req: any, res: any, _next: any) => void res.status(error.status).end());
    const server = createServer(app);
    await listening(server);
    try {
      expect(await ask(server, { host: 'localhost:1' })).toBe(200);
      expect(await ask(server, { host: 'evil.example' })).toBe(421);
    } finally {
      server.close();
    }
  });

  test.each([[[]], [['*']], [['http://localhost']], [['localhost:80']], ['localhost'], [[1]]])(
    '%j is not a list of names',
    (hosts) => {
      expect(() => requireHost(hosts as never)).toThrow(
        expect.objectContaining({ code: 'bad-configuration' }) as Error,
      );
    },
  );
});
