import { BadInput } from 'bpmn-guard';
import { AccessDenied, apiKeys, createGuard, openStore } from 'bpmn-guard';
import { eventually } from '../support/guards.js';
import { EXPRESSES, Running, tellErrors, type App, type Express } from './running.js';
import { API_KEY, PASSWORD, setStage, type Stage } from './stage.js';

const session: any = require('express-session');
const { Passport }: any = require('passport');
const { Strategy }: any = require('passport-local');

const TOKENS: Record<string, unknown> = {
  'token-alice': { userName: 'alice' },
  'token-bob': { userName: 'bob' },
  'token-key': { userName: 'key:erp' },
  'token-none': undefined,
};

/** An application with every way to sign in. */
function application(express: Express, { guard, directory, keys }: Stage, late: unknown[] = []): App {
  const passport = new Passport();
  passport.use(
    new Strategy(
      { usernameField: 'name' },
      (name: string, password: string, done: any) =>
        void directory.verify(name, password).then((user) => done(null, user ?? false), done),
    ),
  );
  passport.serializeUser((user: any, done: any) => done(null, user.userName));
  passport.deserializeUser((userName: string, done: any) => done(null, { userName }));
  const app = express();
  app.use(express.json());
  app.use(session({ secret: 'of this test only', resave: false, saveUninitialized: false }));
  app.use(passport.initialize());
  app.use(passport.session());
  app.post('/login', passport.authenticate('local'), (_req: any, res: any) => void res.json({ ok: true }));
  app.use(
    guard.authenticate({
      keys,
      toPrincipal: (user) => user as { userName: string },
      bearer: (token) => TOKENS[token] as { userName: string },
      required: true,
    }),
  );
  app.all('/me', (_req: any, res: any) => {
    const { principal, key } = res.locals;
    res.json({
      userName: principal.userName,
      userGroups: principal.userGroups,
      tenantId: principal.tenantId,
      ambient: guard.current()?.userName,
      key,
    });
  });
  app.post('/start', (_req: any, res: any, next: any) =>
    res.locals.guard.engine
      .start('ask', {})
      .then((view: any) => res.json({ id: view.id, startedBy: view.instance.startedBy }), next),
  );
  app.get('/slow', (_req: any, res: any) => {
    res.once('close', () => setTimeout(() => late.push(guard.current()?.userName ?? 'nobody'), 20));
    late.push(guard.current()?.userName);
  });
  app.get('/later', (_req: any, res: any) => {
    setTimeout(() => late.push(guard.current()?.userName ?? 'nobody'), 50);
    res.json({});
  });
  return tellErrors(app);
}

/** The cookie of a session, with the header of a program that holds it; what browsers send: own-origin.test.ts. */
async function login(running: Running, name: string, password = PASSWORD): Promise<Record<string, string>> {
  const answer = await running.send('/login', { method: 'POST', body: { name, password } });
  const [cookie] = (answer.headers['set-cookie'] as string[] | undefined) ?? [];
  if (answer.status !== 200 || cookie === undefined) throw new Error(`No login: ${answer.status}`);
  return { cookie: cookie.split(';')[0] as string, 'x-requested-with': 'test' };
}

describe.each(EXPRESSES)('%s', (_name, express) => {
  let stage: Stage;
  let running: Running;
  const late: unknown[] = [];

  beforeAll(async () => {
    stage = await setStage();
    running = await Running.start(application(express, stage, late));
  });
  afterAll(async () => {
    await running.stop();
    await stage.close();
  });

  const me = (headers: Record<string, string | string[]>, body?: unknown, method = 'POST') =>
    running.send('/me', { method, headers, body });

  test('without credentials: 401 with a challenge for each way there is', async () => {
    const answer = await me({});
    expect([answer.status, answer.body]).toEqual([
      401,
      { code: 'unauthenticated', message: 'The request has no credentials.', name: 'AccessDenied' },
    ]);
    expect(answer.headers['www-authenticate']).toBe(
      'ApiKey realm="api", header="x-api-key", Session realm="api", Bearer realm="api"',
    );
  });

  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])(
    'is the same for every method: %s',
    async (method) => {
      expect((await me({}, undefined, method)).status).toBe(401);
      expect((await me({ 'x-api-key': API_KEY }, undefined, method)).status).toBe(200);
    },
  );

  test("a session has passport's user with the groups of the directory", async () => {
    const answer = await me(await login(running, 'alice'));
    expect(answer.body).toEqual({ userName: 'alice', userGroups: ['hr'], ambient: 'alice' });
  });

  test('a session is refused while its user is disabled', async () => {
    const bob = await login(running, 'bob');
    expect((await me(bob)).status).toBe(200);
    await stage.directory.change('bob', { disabled: true });
    expect([(await me(bob)).status, (await me(bob)).body.message]).toEqual([
      401,
      'The user is not known or is disabled.',
    ]);
    await stage.directory.change('bob', { disabled: false });
    expect((await me(bob)).status).toBe(200);
  });

  test('a session loses a group of its user at the next request', async () => {
    const bob = await login(running, 'bob');
    expect((await me(bob)).body.userGroups).toEqual(['it']);
    await stage.directory.change('bob', { userGroups: [] });
    expect((await me(bob)).body.userGroups).toEqual([]);
    await stage.directory.change('bob', { userGroups: ['it'] });
  });

  test('a disabled user, or a wrong password, cannot sign in', async () => {
    await expect(login(running, 'gone')).rejects.toThrow('No login: 401');
    await expect(login(running, 'alice', 'wrong')).rejects.toThrow('No login: 401');
  });

  test('a bearer token has the user that the verifier returns', async () => {
    expect((await me({ authorization: 'Bearer token-alice' })).body.userName).toBe('alice');
    expect((await me({ authorization: 'bearer token-bob' })).body.userName).toBe('bob');
  });

  test('the key of the environment acts as itself, without groups', async () => {
    expect((await me({ 'x-api-key': API_KEY })).body).toEqual({
      userName: 'key:API_KEY',
      userGroups: [],
      ambient: 'key:API_KEY',
      key: 'key:API_KEY',
    });
  });

  test.each([
    { userId: 'alice' },
    { userName: 'alice' },
    { options: { userName: 'alice' } },
    { options: { userId: 'alice' } },
    { user: { userName: 'alice' } },
    { userId: 'alice', userName: 'alice' },
  ])('a trusted key names the user in the body: %j', async (body) => {
    for (const method of ['POST', 'GET', 'DELETE'])
      expect((await me({ 'x-api-key': API_KEY }, body, method)).body).toEqual({
        userName: 'alice',
        userGroups: ['hr'],
        ambient: 'alice',
        key: 'key:API_KEY',
      });
  });

  test('null and the empty text do not name a user', async () => {
    expect(
      (await me({ 'x-api-key': API_KEY }, { userId: null, userName: '', user: null })).body.userName,
    ).toBe('key:API_KEY');
  });

  test('groups come from the directory, not from the request', async () => {
    expect(
      (await me({ 'x-api-key': API_KEY }, { user: { userName: 'alice', userGroups: ['hr', 'it'] } })).body
        .userGroups,
    ).toEqual(['hr']);
  });

  test.each([
    { userId: 'root' },
    { userId: 'god' },
    { user: { userName: 'alice', userGroups: ['ADMIN'] } },
    { user: { userName: 'alice', userGroups: [' SYSTEM '] } },
    { userId: 'nobody-of-that-name' },
    { userId: 'gone' },
    { userId: 'key:API_KEY' },
    { userId: 'system' },
    { user: { userName: 'acme-user', tenantId: 'other' } },
  ])('%j is refused instead of reduced', async (body) => {
    const answer = await me({ 'x-api-key': API_KEY }, body);
    expect([answer.status, answer.body.code, answer.body.message]).toEqual([
      403,
      'forbidden',
      'This key may not act for that user, or there is no such user.',
    ]);
  });

  test('without a key, a user named in the body, query or a header is ignored', async () => {
    for (const path of ['/me?userName=root&userId=root', `/me?apiKey=${API_KEY}&x-api-key=${API_KEY}`]) {
      expect(
        (
          await running.send(path, {
            method: 'POST',
            body: { userName: 'root', apiKey: API_KEY, 'x-api-key': API_KEY },
          })
        ).status,
      ).toBe(401);
    }
    const alice = await login(running, 'alice');
    const answer = await running.send('/me?userName=root', {
      method: 'POST',
      headers: { ...alice, 'x-user': 'root' },
      body: { userId: 'root', user: { userName: 'root', userGroups: ['ADMIN'] } },
    });
    expect(answer.body).toEqual({ userName: 'alice', userGroups: ['hr'], ambient: 'alice' });
  });

  test('two credentials must agree and both be valid', async () => {
    const alice = await login(running, 'alice');
    expect((await me({ ...alice, authorization: 'Bearer token-alice' })).body.userName).toBe('alice');
    expect((await me({ ...alice, 'x-api-key': API_KEY }, { userId: 'alice' })).body.userName).toBe('alice');
    for (const headers of [
      { ...alice, authorization: 'Bearer token-bob' },
      { ...alice, 'x-api-key': API_KEY },
    ]) {
      const answer = await me(headers);
      expect([answer.status, answer.body.message]).toEqual([
        401,
        'The request has credentials of two callers.',
      ]);
    }
    expect((await me({ ...alice, 'x-api-key': 'wrong' })).body.message).toBe('The API key is not valid.');
    expect((await me({ ...alice, authorization: 'Bearer token-none' })).body.message).toBe(
      'The credentials are not valid.',
    );
  });

  test('the audit trail records the key and the user for whom it acts', async () => {
    const started = await running.send('/start', {
      method: 'POST',
      headers: { 'x-api-key': API_KEY },
      body: { userId: 'alice' },
    });
    expect([started.status, started.body.startedBy]).toEqual([200, 'alice']);
    const entry = (await stage.audit()).find(
      ({ operation, answer }) => operation === 'instance:start' && answer === 'allowed',
    );
    expect(entry).toMatchObject({ userName: 'key:API_KEY', onBehalfOf: 'alice' });
    const alice = await login(running, 'alice');
    await running.send('/start', { method: 'POST', headers: alice });
    const [mine] = (await stage.audit()).filter(
      ({ operation, answer }) => operation === 'instance:start' && answer === 'allowed',
    );
    expect([mine?.userName, mine?.onBehalfOf ?? null]).toEqual(['alice', null]);
  });

  test('a refusal is for the administrators of the tenant of the key; of any tenant, of the claimed user', async () => {
    const tenantOf = async (tenantId: string | null | undefined, userId: string): Promise<string | null> => {
      const name = `door-${tenantId ?? String(tenantId)}`;
      const bound = tenantId === undefined ? {} : { tenantId };
      const { text } = await stage.keys.create(name, { ...bound, actsFor: { users: ['alice'] } });
      expect((await me({ 'x-api-key': text }, { userId })).status).toBe(403);
      const [entry] = await stage.audit();
      expect(entry).toMatchObject({ userName: `key:${name}`, onBehalfOf: userId, answer: 'refused' });
      return entry?.tenantId ?? null;
    };
    expect(await tenantOf('acme', 'bob')).toBe('acme');
    expect(await tenantOf(null, 'acme-user')).toBeNull();
    expect(await tenantOf(undefined, 'acme-user')).toBe('acme');
  });

  test('a refusal is recorded with its authentication method, key and claimed user', async () => {
    await me({ 'x-api-key': API_KEY }, { userId: 'root' });
    const [entry] = await stage.audit();
    expect(entry).toMatchObject({
      userName: 'key:API_KEY',
      onBehalfOf: 'root',
      operation: 'authenticate',
      resource: { kind: 'system', name: 'key' },
      answer: 'refused',
      reason: 'forbidden',
    });
  });

  test('the context ends with the answer', async () => {
    late.length = 0;
    await running.send('/later', { headers: { 'x-api-key': API_KEY } });
    await eventually(() => late.length === 1);
    expect(late).toEqual(['nobody']);
  });

  test('the context ends when the client disconnects', async () => {
    late.length = 0;
    await running.hangUp(
      '/slow',
      { 'x-api-key': API_KEY },
      eventually(() => late.length === 1).then(() => undefined),
    );
    await eventually(() => late.length === 2);
    expect(late).toEqual(['key:API_KEY', 'nobody']);
  });

  test('concurrent requests have separate contexts', async () => {
    const names = ['alice', 'bob', 'acme-user'];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => me({ 'x-api-key': API_KEY }, { userId: names[at % 3] })),
    );
    expect(answers.map(({ body }) => [body.userName, body.ambient])).toEqual(
      Array.from({ length: 60 }, (_, at) => [names[at % 3], names[at % 3]]),
    );
  });
});

describe('without a user directory', () => {
  let stage: Stage;
  let running: Running;
  const texts: Record<string, string> = {};
  beforeAll(async () => {
    stage = await setStage({ withDirectory: false });
    texts.anyone = (await stage.keys.create('anyone', { actsFor: 'anyone' })).text;
    texts.acme = (
      await stage.keys.create('acme', { actsFor: 'anyone', tenantId: 'acme', groups: ['robots'] })
    ).text;
    texts.listed = (await stage.keys.create('listed', { actsFor: { users: ['alice'] } })).text;
    texts.group = (await stage.keys.create('group', { actsFor: { groups: ['hr'] } })).text;
    const [, express] = EXPRESSES[0] as (typeof EXPRESSES)[number];
    running = await Running.start(application(express, stage));
  });
  afterAll(async () => {
    await running.stop();
    await stage.close();
  });
  const me = (key: string, body?: unknown) =>
    running.send('/me', { method: 'POST', headers: { 'x-api-key': texts[key] as string }, body });

  test('a name alone has no groups; a user object of a key for anyone has the groups that it states', async () => {
    expect((await me('anyone', { userId: 'zoe' })).body).toMatchObject({ userName: 'zoe', userGroups: [] });
    expect(
      (
        await me('anyone', {
          user: {
            userName: 'zoe',
            userGroups: ['hr'],
            tenantId: 'acme',
            attributes: { rights: ['Document:Read'] },
          },
        })
      ).body,
    ).toMatchObject({ userName: 'zoe', userGroups: ['hr'], tenantId: 'acme' });
  });

  test('a key for listed users cannot claim groups, and a key for groups nothing', async () => {
    expect((await me('listed', { userId: 'alice' })).body.userName).toBe('alice');
    expect((await me('listed', { user: { userName: 'alice', userGroups: ['hr'] } })).status).toBe(403);
    expect((await me('listed', { userId: 'zoe' })).status).toBe(403);
    expect((await me('group', { user: { userName: 'zoe', userGroups: ['hr'] } })).status).toBe(403);
  });

  test('a key of a tenant acts only for users of that tenant', async () => {
    expect((await me('acme')).body).toMatchObject({
      userName: 'key:acme',
      userGroups: ['robots'],
      tenantId: 'acme',
    });
    expect((await me('acme', { userId: 'zoe' })).body.tenantId).toBe('acme');
    expect((await me('acme', { user: { userName: 'zoe', tenantId: 'other' } })).status).toBe(403);
  });
});

describe('options', () => {
  let stage: Stage;
  beforeAll(async () => void (stage = await setStage()));
  afterAll(() => stage.close());

  test.each<[unknown, string]>([
    [
      { apiKeys: 1 },
      'Unknown option of authenticate: apiKeys. Known are keys, toPrincipal, bearer, required, origins, hosts, limit.',
    ],
    [{ toPrincipal: 'user' }, 'Option toPrincipal of authenticate must be a function.'],
    [{ bearer: {} }, 'Option bearer of authenticate must be a function.'],
    [{ keys: true }, 'Option keys of authenticate must be false, or the result of apiKeys.'],
    [{ required: 'no' }, 'Option required of authenticate must be true or false.'],
    [{ limit: '1mb' }, 'Option limit of authenticate must be a whole number of bytes, at least 1.'],
    [{ keys: false }, 'These options leave authenticate without an authentication method.'],
    [
      { origins: ['app.example.com'] },
      'origins must be a list of origins, such as "https://app.example.com".',
    ],
    [
      { hosts: ['app.example.com:80'] },
      'hosts must be a list of names without ports, such as "app.example.com", "127.0.0.1" or "[::1]".',
    ],
  ])('%j is refused at creation', (options, message) => {
    expect(() => stage.guard.authenticate(options as never)).toThrow(
      new BadInput('bad-configuration', message),
    );
  });

  async function answersOf(
    build: (express: Express) => App,
    ...sent: Parameters<Running['send']>[]
  ): Promise<{ status: number; body: any }[]> {
    const [, express] = EXPRESSES[0] as (typeof EXPRESSES)[number];
    const running = await Running.start(tellErrors(build(express)));
    try {
      return await Promise.all(sent.map((one) => running.send(...one)));
    } finally {
      await running.stop();
    }
  }

  test('required: false continues without a user, but refuses invalid credentials', async () => {
    const build = (express: Express): App => {
      const app = express();
      app.use(stage.guard.authenticate({ keys: stage.keys, required: false }));
      app.get('/me', (_req: any, res: any, next: any) => {
        if (res.locals.principal !== undefined)
          return void res.json({ userName: res.locals.principal.userName });
        stage.guard.api.data.findItems({}).then(() => res.json({ open: true }), next);
      });
      return app;
    };
    const [nobody, wrong, key] = await answersOf(
      build,
      ['/me'],
      ['/me', { headers: { 'x-api-key': 'wrong' } }],
      ['/me', { headers: { 'x-api-key': API_KEY } }],
    );
    expect([nobody?.status, nobody?.body.code, wrong?.status, wrong?.body.message, key?.body]).toEqual([
      401,
      'unauthenticated',
      401,
      'The API key is not valid.',
      { userName: 'key:API_KEY' },
    ]);
  });

  test('an unparsed body is read, so that the order of the middleware does not change the caller', async () => {
    const build = (express: Express): App => {
      const app = express();
      app.use(stage.guard.authenticate({ keys: stage.keys }));
      app.use(express.json());
      app.post(
        '/me',
        (req: any, res: any) => void res.json({ userName: res.locals.principal.userName, body: req.body }),
      );
      return app;
    };
    const [answer] = await answersOf(build, [
      '/me',
      { method: 'POST', headers: { 'x-api-key': API_KEY }, body: { userId: 'alice', data: 1 } },
    ]);
    expect(answer?.body).toEqual({ userName: 'alice', body: { userId: 'alice', data: 1 } });
  });

  test('a body over the limit is refused, and never read without a key', async () => {
    const build = (express: Express): App =>
      express().use(stage.guard.authenticate({ keys: stage.keys, limit: 100 })) as App;
    const body = { userId: 'alice', data: 'x'.repeat(200) };
    const [large, wrong] = await answersOf(
      build,
      ['/', { method: 'POST', headers: { 'x-api-key': API_KEY }, body }],
      ['/', { method: 'POST', headers: { 'x-api-key': 'wrong' }, body }],
    );
    expect([large?.status, large?.body.code, wrong?.status]).toEqual([413, 'too-large', 401]);
  });

  test('without configured keys every key is refused', async () => {
    const keys = apiKeys(stage.store, { env: { API_KEY: '  ' } });
    const build = (express: Express): App => express().use(stage.guard.authenticate({ keys })) as App;
    const answers = await answersOf(
      build,
      ['/', { headers: { 'x-api-key': '' } }],
      ['/', { headers: { 'x-api-key': 'undefined' } }],
      ['/', { headers: { 'x-api-key': 'null' } }],
      ['/'],
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  test('an error of the verifier is "could not tell"; its refusal is a refusal', async () => {
    const errors: Record<string, Error> = {
      down: new Error('ECONNREFUSED'),
      denied: new AccessDenied('unauthenticated', 'Expired.'),
    };
    const build = (express: Express): App =>
      express().use(
        stage.guard.authenticate({ keys: false, bearer: (token) => Promise.reject(errors[token]) }),
      ) as App;
    const [down, refused] = await answersOf(
      build,
      ['/', { headers: { authorization: 'Bearer down' } }],
      ['/', { headers: { authorization: 'Bearer denied' } }],
    );
    expect([down?.status, down?.body.code, refused?.status, refused?.body.message]).toEqual([
      503,
      'store-unavailable',
      401,
      'Expired.',
    ]);
  });

  test('an error in the mapping of a session is "could not tell"', async () => {
    for (const fail of [
      () => Promise.reject(new Error('ECONNREFUSED')),
      () => {
        throw new Error('ECONNREFUSED');
      },
    ]) {
      const build = (express: Express): App =>
        express().use(
          (req: any, _res, next) => next(void (req.user = { id: 1 })),
          stage.guard.authenticate({ toPrincipal: fail }),
        ) as App;
      const [down] = await answersOf(build, ['/']);
      expect([down?.status, down?.body.code]).toEqual([503, 'store-unavailable']);
    }
  });

  test('an unresponsive directory gives 503, never a user without groups', async () => {
    const guard = await createGuard({
      env: {},
      store: { memory: true },
      directory: { find: () => Promise.reject(new Error('down')) },
    });
    const build = (express: Express): App =>
      express().use(guard.authenticate({ keys: apiKeys(guard.store, { env: { API_KEY } }) })) as App;
    const [answer] = await answersOf(build, [
      '/',
      { method: 'POST', headers: { 'x-api-key': API_KEY }, body: { userId: 'alice' } },
    ]);
    expect([answer?.status, answer?.body.code]).toEqual([503, 'store-unavailable']);
    await guard.close();
  });

  test('two credentials with other attributes mean two callers, where no directory knows them', async () => {
    const guard = await createGuard({ store: { memory: true }, env: {} });
    const build = (express: Express): App => {
      const app = express();
      app.use((req: any, _res: any, next: any) => {
        req.user = { userName: 'alice', attributes: { region: 'north' } };
        next();
      });
      const bearer = (region: string) => ({ userName: 'alice', attributes: { region } });
      app.use(guard.authenticate({ keys: false, bearer, toPrincipal: (user: any) => user }));
      app.use((_req: any, res: any) => void res.json({ ok: true }));
      return tellErrors(app);
    };
    const headers = (region: string) => ({ headers: { authorization: `Bearer ${region}` } });
    const answers = await answersOf(build, ['/', headers('north')], ['/', headers('south')]);
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [200, undefined],
      [401, 'The request has credentials of two callers.'],
    ]);
    await guard.close();
  });

  test('a second middleware keeps the principal of the first, unless it requires its own credentials', async () => {
    const build = (express: Express): App => {
      const app = express();
      app.use(stage.guard.authenticate({ keys: stage.keys }));
      app.use('/soft', stage.guard.authenticate({ keys: false, required: false, bearer: () => undefined }));
      app.use('/hard', stage.guard.authenticate({ keys: false, bearer: () => undefined }));
      app.use(
        (_req: any, res: any) =>
          void res.json({
            userName: res.locals.principal.userName,
            ambient: stage.guard.current()?.userName,
          }),
      );
      return app;
    };
    const headers = { 'x-api-key': API_KEY };
    const [soft, hard] = await answersOf(build, ['/soft', { headers }], ['/hard', { headers }]);
    expect([soft?.body, hard?.status]).toEqual([{ userName: 'key:API_KEY', ambient: 'key:API_KEY' }, 401]);
  });

  test.each(['bearer', 'toPrincipal'])('a %s that does not answer is given up', async (way) => {
    const never = (): PromiseLike<never> => ({ then: () => undefined as never });
    const build = (express: Express): App => {
      const app = express();
      app.use((req: any, _res: any, next: any) => {
        req.user = { userName: 'alice' };
        next();
      });
      app.use(stage.guard.authenticate({ keys: false, [way]: never }));
      return tellErrors(app);
    };
    const headers = { authorization: 'Bearer token' };
    const [answer] = await answersOf(build, ['/', { headers }]);
    expect([answer?.status, answer?.body.code]).toEqual([503, 'store-unavailable']);
  });

  test("with REQUIRE_AUTHENTICATION=false a request without credentials is the developer's, and an invalid key is refused", async () => {
    const store = await openStore({ memory: true });
    const guard = await createGuard({
      env: { REQUIRE_AUTHENTICATION: 'false' },
      store,
      directory: { find: async () => undefined },
    });
    const build = (express: Express): App => {
      const app = express();
      app.use(guard.authenticate({ keys: apiKeys(store, { env: {} }) }));
      app.use((_req: any, res: any, next: any) =>
        res.locals.guard.data
          .findItems({})
          .then(
            (items: unknown[]) => res.json({ userName: res.locals.principal.userName, items: items.length }),
            next,
          ),
      );
      return app;
    };
    const [open, wrong] = await answersOf(build, ['/'], ['/', { headers: { 'x-api-key': 'wrong' } }]);
    expect([open?.body, wrong?.status]).toEqual([{ userName: 'developer', items: 0 }, 401]);
    await guard.close();
  });
});
