import { CouldNotTell, type GuardLogger } from 'bpmn-guard';
import { createErrorHandler } from '../../src/express/error-handler.js';
import { EXPRESSES, Running } from './running.js';

const cause = new Error('connect ECONNREFUSED', { cause: new Error('the network is down') });
const outage = new CouldNotTell('store-unavailable', 'The store did not answer.', { cause });

describe.each(EXPRESSES)('in %s', (_version, express) => {
  let running: Running;
  const log: [string, string, Record<string, unknown> | undefined][] = [];
  const note = (level: string) => (message: string, facts?: Record<string, unknown>) =>
    void log.push([level, message, facts]);
  const logger: GuardLogger = { info: note('info'), warn: note('warn'), error: note('error') };
  const seen: unknown[] = [];

  beforeAll(async () => {
    const app = express();
    app.use((_req: any, res: any, next: any) => {
      res.once('finish', () => seen.push(res.locals.guardError));
      next();
    });
    app.use((_req: any, _res: any, next: any) => next(outage));
    app.use(createErrorHandler({ logger }) as never);
    running = await Running.start(app);
  });
  afterAll(() => running.stop());
  beforeEach(() => void (log.length = seen.length = 0));

  test.each([
    ['of the application', '/own', 503],
    ["in bpmn-client's dialect", '/api/definitions/list', 200],
  ])('a 503 %s is logged with its causes, which the caller is not told', async (_what, path, sent) => {
    const { status, text } = await running.send(path);
    expect([status, text.includes('ECONNREFUSED')]).toEqual([sent, false]);
    expect(log).toEqual([
      [
        'warn',
        'request could not be answered',
        {
          code: 'store-unavailable',
          detail: 'The store did not answer.',
          cause: 'Error: connect ECONNREFUSED; Error: the network is down',
        },
      ],
    ]);
    expect(seen).toEqual([{ status: 503, code: 'store-unavailable' }]);
  });
});
