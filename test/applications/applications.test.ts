import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as bpmn from 'bpmn-server';
import { createGuard, type Guard } from 'bpmn-guard';
import { bareStage } from '../leaks/bare-stage.js';
import { ADMIN_USER } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { mongoUrl, onMongo } from '../support/stores.js';
import { pages } from './pages.js';
import { WorkflowService } from './service.js';

type Loose = any;
const FORM =
  '<bpmn:extensionElements><camunda:formData><camunda:formField id="days" label="Days" type="long" /></camunda:formData></bpmn:extensionElements>';
const MODELS = {
  Leave: model([
    start({ candidateGroups: 'clerks' }),
    task('ask', { candidateGroups: 'clerks' }, FORM),
    task('check', { candidateGroups: 'clerks' }),
    end(),
  ]),
};

/** The same server of an application, made by bpmn-server, whose data lies in the store of the guard. */
function made(): Loose {
  const { DataStore, ModelsDatastore, CacheManager, ScriptHandler, BPMNServer, Logger } = bpmn as Loose;
  const configuration = {
    database: { MongoDB: { db_url: 'mongodb://nowhere', db: 'none' } },
    dataStore: (it: unknown) => new DataStore(it),
    definitions: (it: unknown) => new ModelsDatastore(it),
    cacheManager: (it: unknown) => new CacheManager(it),
    scriptHandler: (it: unknown) => new ScriptHandler(it),
    appDelegate: (it: never) => new bpmn.DefaultAppDelegate(it),
  };
  return new BPMNServer(configuration, new Logger({ toConsole: false }), { cron: false });
}

class Browser {
  private readonly cookies = new Map<string, string>();
  constructor(private readonly server: Server) {}

  async go(who: string | undefined, method: string, path: string, body?: object) {
    const { port } = this.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'text/html, application/json;q=0.9',
        'sec-fetch-site': 'same-origin',
        ...(who === undefined ? {} : { cookie: this.cookies.get(who) ?? '' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    const [cookie] = answer.headers.getSetCookie();
    return {
      status: answer.status,
      body: (isJson ? JSON.parse(text) : text) as Loose,
      to: answer.headers.get('location')?.replace(/[\da-f-]{36}|[\w-]{20,}/, '<id>'),
      at: answer.headers.get('location') ?? '',
      cookie: cookie?.split(';')[0],
    };
  }

  async signIn(who: string) {
    const answer = await this.go(undefined, 'POST', '/login', { userName: who });
    this.cookies.set(who, answer.cookie as string);
    return answer;
  }
}

const listen = (app: Loose): Promise<Server> =>
  new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

interface Opened {
  readonly browser: Browser;
  readonly server: Loose;
  readonly guard?: Guard;
  close(): Promise<void>;
}

/** The application with the lines that docs/drop-in.md names, and nothing else. */
async function guarded(): Promise<Opened> {
  const server = made();
  const guard = await createGuard({ server, store: { memory: true }, env: {} });
  for (const [name, source] of Object.entries(MODELS))
    await guard.api.model.save(name, source, null, ADMIN_USER);
  const app = pages(
    server,
    (it) => it.use(guard.authenticate({ toPrincipal: (user) => user as Loose })),
    (it) => it.use(guard.errorHandler()),
  );
  const running = await listen(app);
  return {
    browser: new Browser(running),
    server,
    guard,
    close: () => stop(running).then(() => guard.close()),
  };
}

async function bare(): Promise<Opened> {
  const stage = await bareStage(bpmn, mongoUrl(), false);
  const admin = stage.user({ userName: 'admin', userGroups: ['ADMIN'] });
  for (const [name, source] of Object.entries(MODELS)) await stage.api.model.save(name, source, '', admin);
  const running = await listen(
    pages(
      stage.server,
      () => undefined,
      () => undefined,
    ),
  );
  return {
    browser: new Browser(running),
    server: stage.server,
    close: () => stop(running).then(() => stage.close()),
  };
}

beforeAll(() => void jest.spyOn(console, 'log').mockImplementation(() => undefined));

/** What somebody who may do all of it sees on the way through the application. */
async function walk({ browser }: Opened): Promise<unknown[]> {
  const seen: unknown[] = [];
  const look = ({ status, body, to }: Loose): void =>
    void seen.push([status, to === undefined ? body : '', to]);
  const forId = (id: string, answer: Loose): Loose =>
    JSON.parse(JSON.stringify(answer).replaceAll(id, '<id>'));
  look(await browser.go(undefined, 'GET', '/static/style.css'));
  look(await browser.go(undefined, 'GET', '/login'));
  look(await browser.signIn('ann'));
  const started = await browser.go('ann', 'POST', '/start/Leave', { days: 2 });
  look(forId(started.body.id, started));
  look(await browser.go('ann', 'GET', '/'));
  look(await browser.go('ann', 'GET', '/models/Leave'));
  const { id } = started.body;
  const items = async (elementId: string): Promise<string> => itemOf(browser, id, elementId);
  const ask = await items('ask');
  look(await browser.go('ann', 'GET', `/tasks/${ask}`));
  const taken = await browser.go('ann', 'POST', `/tasks/${ask}/assign`, { assignee: 'ann' });
  look(forId(id, taken));
  look(await browser.go('ann', 'POST', `/tasks/${ask}`, { days: 3 }));
  look(await browser.go('ann', 'GET', `/instances/${id}`));
  const check = await items('check');
  look(
    forId(
      id,
      await browser.go('ann', 'POST', `/tasks/${check}/assign`, { assignee: 'ann', candidateGroups: '' }),
    ),
  );
  look(await browser.go('ann', 'POST', `/tasks/${check}`, { ok: true }));
  look(await browser.go('ann', 'GET', `/instances/${id}`));
  look(await browser.go('ann', 'POST', '/notes', { userId: 'ann' }));
  return seen;
}

const found = new Map<Browser, Opened>();
async function itemOf(browser: Browser, id: string, elementId: string): Promise<string> {
  const { server, guard } = found.get(browser) as Opened;
  const query = { id, 'items.elementId': elementId, 'items.status': 'wait' };
  const items = await (guard === undefined
    ? server.dataStore.findItems(query)
    : guard.api.data.findItems(query, ADMIN_USER));
  return items[0].id;
}
const noted = (opened: Opened): Opened => (found.set(opened.browser, opened), opened);

onMongo('an application, bare and guarded side by side', () => {
  test('answers who may as it did before', async () => {
    const both = [noted(await bare()), noted(await guarded())] as const;
    try {
      const [before, after] = [await walk(both[0]), await walk(both[1])];
      expect(after).toEqual(before);
    } finally {
      for (const one of both) await one.close();
    }
  });

  test('a service with a fixed user of its own comes to the same end', async () => {
    const both = [await bare(), await guarded()] as const;
    try {
      const [before, after] = [
        await new WorkflowService(both[0].server).through('Leave', { days: 1 }),
        await both[1].guard?.runAs({ userName: 'service', userGroups: ['ADMIN'] }, () =>
          new WorkflowService(both[1].server).through('Leave', { days: 1 }),
        ),
      ];
      expect(after).toEqual(before);
    } finally {
      for (const one of both) await one.close();
    }
  });
});

describe('an application with the documented lines', () => {
  let opened: Opened;
  beforeAll(async () => void (opened = noted(await guarded())));
  afterAll(() => opened.close());

  test('gives its flow, its pages and its static files to who may', async () => {
    const seen = (await walk(opened)) as [number, Loose][];
    expect(seen.map(([status]) => status)).toEqual([
      200, 200, 302, 200, 200, 200, 200, 200, 302, 200, 200, 302, 200, 200,
    ]);
    expect(seen[3]?.[1]).toMatchObject({ at: 'ask', data: { days: 2, channel: 'web' }, lines: true });
    expect(seen[6]?.[1]).toContain('days: Days');
    expect(seen[12]?.[1]).toMatchObject({ status: 'end', data: { days: 3, ok: true } });
  });

  test('refuses others with a status, from async routes that catch nothing, and goes on', async () => {
    const { browser } = opened;
    await browser.signIn('ann');
    await browser.signIn('bob');
    const { body } = await browser.go('ann', 'POST', '/start/Leave', {});
    const ask = await itemOf(browser, body.id, 'ask');
    await browser.go('ann', 'POST', `/tasks/${ask}/assign`, { assignee: 'ann' });
    for (const [who, method, path, status] of [
      [undefined, 'GET', `/instances/${body.id}`, 401],
      [undefined, 'GET', '/models/Leave', 401],
      ['bob', 'GET', `/instances/${body.id}`, 404],
      ['bob', 'GET', '/models/Leave', 404],
      ['bob', 'POST', `/tasks/${ask}`, 404],
      ['bob', 'POST', '/start/Leave', 404],
      ['bob', 'POST', '/start/Nothing', 404],
    ] as const) {
      const answer = await browser.go(who, method, path, method === 'POST' ? {} : undefined);
      expect([who, method, path, answer.status]).toEqual([who, method, path, status]);
    }
    expect((await browser.go('bob', 'GET', '/')).body).not.toContain('Leave');
    expect((await browser.go('ann', 'GET', '/')).status).toBe(200);
  });
});
