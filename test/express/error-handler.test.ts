import {
  AccessDenied,
  Conflict,
  CouldNotTell,
  createGuard,
  type ErrorHandlerOptions,
  type Guard,
} from 'bpmn-guard';
import { EXPRESSES, Running, type Express } from './running.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const ERRORS: Readonly<Record<string, unknown>> = {
  denied: new AccessDenied('forbidden', 'You may not <do> this.'),
  nobody: new AccessDenied('unauthenticated', 'Who are you?'),
  conflict: new Conflict('conflict', 'Somebody was faster.'),
  down: new CouldNotTell('store-unavailable', 'The store did not answer.'),
  own: Object.assign(new Error('secret of the application'), { status: 418, expose: true }),
  alike: Object.assign(new Error('mine'), { status: 403, code: 'forbidden' }),
  plain: new TypeError('x is not a function'),
  text: 'a text',
};

describe.each(EXPRESSES)('the error handler, on %s', (_name, express: Express) => {
  let guard: Guard;
  const passedOn: unknown[] = [];
  const runnings: Running[] = [];

  async function application(options?: ErrorHandlerOptions): Promise<Running> {
    const app = express();
    app.get('/fail/:how', (req: any, _res: any, next: any) => next(ERRORS[req.params.how]));
    app.get('/api/tasks', (_req: any, _res: any, next: any) => next(ERRORS.plain));
    app.use(guard.errorHandler(options));
    app.use((error: unknown, _req: any, res: any, _next: any) => {
      passedOn.push(error);
      res.status(599).send('the application answers');
    });
    const running = await Running.start(app);
    runnings.push(running);
    return running;
  }
  beforeAll(async () => void (guard = await createGuard({ env: {}, store: { memory: true } })));
  beforeEach(() => void (passedOn.length = 0));
  afterAll(async () => {
    for (const running of runnings) await running.stop();
    await guard.close();
  });

  test.each(['own', 'alike', 'plain', 'text'])('passes foreign errors on unchanged: %s', async (how) => {
    const running = await application();
    for (const headers of [{}, BROWSER]) {
      const answer = await running.send(`/fail/${how}`, { headers });
      expect([answer.status, answer.text]).toEqual([599, 'the application answers']);
    }
    expect(passedOn).toEqual([ERRORS[how], ERRORS[how]]);
    expect(passedOn[0]).toBe(ERRORS[how]);
  });

  test.each([
    ['denied', 403, 'forbidden'],
    ['nobody', 401, 'unauthenticated'],
    ['conflict', 409, 'conflict'],
    ['down', 503, 'store-unavailable'],
  ])('answers programs with JSON: %s', async (how, status, code) => {
    const running = await application();
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5']) {
      const answer = await running.send(`/fail/${how}`, accept === undefined ? {} : { headers: { accept } });
      expect([accept, answer.status, answer.body.code]).toEqual([accept, status, code]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    expect(passedOn).toEqual([]);
  });

  test('answers browsers with an escaped page and the headers of the status', async () => {
    const running = await application();
    const denied = await running.send('/fail/denied', { headers: BROWSER });
    expect([denied.status, denied.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(denied.text).toContain('You may not &lt;do&gt; this.');
    expect(
      (await running.send('/fail/nobody', { headers: BROWSER })).headers['www-authenticate'],
    ).toBeDefined();
    expect((await running.send('/fail/down', { headers: BROWSER })).headers['retry-after']).toBe('5');
  });

  test("answers browsers with the application's page if there is one", async () => {
    const running = await application({
      render: ({ status, code, title, detail }, _req, res: any) =>
        code === 'unauthenticated'
          ? res.redirect(303, '/login')
          : res.json({ status, title, detail, page: true }),
    });
    const login = await running.send('/fail/nobody', { headers: BROWSER });
    expect([login.status, login.headers.location]).toEqual([303, '/login']);
    const conflict = await running.send('/fail/conflict', { headers: BROWSER });
    expect([conflict.status, conflict.body]).toEqual([
      409,
      {
        status: 409,
        title: 'Someone else was faster, or the resource has changed in the meantime.',
        detail: 'Somebody was faster.',
        page: true,
      },
    ]);
    expect((await running.send('/fail/nobody')).status).toBe(401);
  });

  test.each([
    [
      'throws',
      () => {
        throw ERRORS.plain;
      },
    ],
    ['is rejected', () => Promise.reject(ERRORS.plain)],
  ])('what the page of the application %s goes on to next', async (_how, render) => {
    const running = await application({ render });
    expect((await running.send('/fail/denied', { headers: BROWSER })).status).toBe(599);
    expect(passedOn).toEqual([ERRORS.plain]);
  });

  test("answers all errors on the router's routes in the router's dialect", async () => {
    const running = await application();
    const { status, body, text } = await running.send('/api/tasks', { headers: BROWSER });
    expect([status, body.code, text.includes('not a function')]).toEqual([500, 'failed', false]);
    expect(passedOn).toEqual([]);
  });

  test.each([[{ renderer: () => undefined }], [{ render: 'page' }]])(
    '%p is refused at creation',
    (options) => {
      expect(() => guard.errorHandler(options as never)).toThrow(/errorHandler/);
    },
  );
});
