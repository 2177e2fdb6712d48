import { createGuard, type Guard } from 'bpmn-guard';
import { TestDelegate } from '../support/guards.js';
import { EXPRESSES, Running, tellErrors, type App, type Express } from './running.js';

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
const oops = async (): Promise<never> => {
  await later();
  throw Object.assign(new Error('oops'), { status: 400 });
};

/** Routes as applications write them: async, and without a catch. */
function routes(app: App, express: Express): void {
  app.param('id', async (_req: any, _res: any, next: any, id: string) => {
    await later();
    if (id === 'bad') return oops();
    return next();
  });
  app.get('/route', oops);
  app.get('/params/:id', (_req: any, res: any) => void res.json({ ok: true }));
  app.get('/chain', async (_req: any, _res: any, next: any) => (await later(), next()), oops);
  app.get('/returned', () => oops());
  app.get('/nothing', () => Promise.reject(undefined));
  app.get('/fine', async (_req: any, res: any) => void res.json({ ok: true }));
  app.use('/middleware', oops);
  const below = express.Router();
  below.get('/route', oops);
  app.use('/below', below);
  app.use('/other', express().get('/route', oops));
  app.get('/handler', (_req: any, _res: any, next: any) => next(new Error('first')));
  app.use('/handler', async (_error: unknown, _req: any, _res: any, _next: any) => oops());
}

describe.each(EXPRESSES)('async routes that do not catch, on %s', (_name, express) => {
  let guard: Guard;
  beforeAll(async () => {
    guard = await createGuard({
      env: {},
      store: { memory: true },
      configuration: { appDelegate: (server: unknown) => new TestDelegate(server, {}) },
    });
  });
  afterAll(() => guard.close());

  async function answers(build: (app: App) => void, paths: readonly string[]) {
    const app = express();
    build(app);
    const running = await Running.start(tellErrors(app));
    try {
      return Object.fromEntries(
        await Promise.all(
          paths.map(async (path) => {
            const { status, body } = await running.send(path);
            return [path, [status, body.message ?? body.ok]];
          }),
        ),
      );
    } finally {
      await running.stop();
    }
  }

  test('the errors go on to next: of routes, routers, applications below, middleware, params and error handlers', async () => {
    const paths = [
      '/route',
      '/params/bad',
      '/chain',
      '/returned',
      '/middleware',
      '/below/route',
      '/other/route',
      '/handler',
    ];
    const found = await answers(
      (app) => {
        guard.protect(app);
        routes(app, express);
      },
      [...paths, '/fine', '/params/good', '/nothing'],
    );
    for (const path of paths) expect([path, ...found[path]]).toEqual([path, 400, 'oops']);
    expect(found['/fine']).toEqual([200, true]);
    expect(found['/params/good']).toEqual([200, true]);
    expect(found['/nothing'][0]).toBe(500);
  });

  test('authenticate is enough, also for routes registered before it', async () => {
    const found = await answers(
      (app) => {
        app.use(guard.authenticate({ required: false }));
        app.get(
          '/tasks',
          async (_req: any, res: any) =>
            void res.json(await (guard.server.dataStore as any).findItems({ 'items.status': 'wait' })),
        );
      },
      ['/tasks'],
    );
    expect(found['/tasks']).toEqual([401, expect.any(String)]);
  });

  test('protect is idempotent and returns the application', () => {
    const app = express();
    expect(guard.protect(guard.protect(app))).toBe(app);
    expect(() => guard.protect(undefined)).toThrow('protect takes an application');
  });
});
