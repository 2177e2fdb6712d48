import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { EXPRESSES, Running, tellErrors, type Express } from './running.js';
import { setStage, type Stage } from './stage.js';

type Next = (error?: any) => void;
type Reader = (req: any, res: any, next: Next) => void;
const multer = require('multer') as () => { any(): Reader };

const NOBODY = { status: 401, body: { code: 'unauthenticated' } };

/** A connection such as that of a database, opened at start: its callbacks run in no request. */
class Pooled {
  private readonly waiting: (() => void)[] = [];

  private constructor(
    private readonly echo: Server,
    private readonly socket: Socket,
  ) {
    socket.on('data', () => this.waiting.splice(0).forEach((go) => go()));
  }

  static async open(): Promise<Pooled> {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const socket = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return new Pooled(echo, socket);
  }

  query(answer: () => void): void {
    this.waiting.push(answer);
    this.socket.write('?');
  }

  close(): void {
    this.socket.destroy();
    this.echo.close();
  }
}

describe.each(EXPRESSES)('A route that takes the user from the body, on %s', (_name, express: Express) => {
  let stage: Stage;
  let pooled: Pooled;
  let running: Running;

  const parse = (req: any, parts: Buffer[], next: Next): void => {
    req.body = JSON.parse(Buffer.concat(parts).toString());
    next();
  };
  const READERS: Record<string, Reader> = {
    json: (req, res, next) => express.json()(req, res, next),
    form: (req, res, next) => multer().any()(req, res, next),
    events: (req, _res, next) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part)).on('end', () => parse(req, parts, next));
    },
    pipe: (req, _res, next) => {
      const parts: Buffer[] = [];
      const write = (part: Buffer, _encoding: unknown, done: Next): void => (parts.push(part), done());
      req.pipe(new Writable({ write }).on('finish', () => parse(req, parts, next)));
    },
    pool: (req, res, next) => express.json()(req, res, () => pooled.query(() => next())),
  };

  beforeAll(async () => {
    stage = await setStage();
    pooled = await Pooled.open();
    const app = express();
    const { guard } = stage;
    const engine = guard.server.engine as unknown as Record<string, (...args: unknown[]) => Promise<any>>;
    const begin: Reader = (req, res, next) =>
      void engine
        .start?.('ask', {}, null, req.body.userName)
        .then((begun) => res.json(begun.startedBy), next);
    for (const [name, reader] of Object.entries(READERS)) app.post(`/early/${name}`, reader, begin);
    app.use((req: any, _res: unknown, next: Next) => {
      const userName = req.headers['x-user'];
      if (userName !== undefined) req.user = { userName };
      next();
    });
    app.use(guard.authenticate({ toPrincipal: (user: any) => user, keys: false }));
    for (const [name, reader] of Object.entries(READERS)) app.post(`/${name}`, reader, begin);
    running = await Running.start(tellErrors(app));
  });
  afterAll(async () => {
    await running.stop();
    pooled.close();
    await stage.close();
  });

  const send = (path: string, sender: string | undefined): ReturnType<Running['send']> => {
    const form = '--x\r\nContent-Disposition: form-data; name="userName"\r\n\r\nroot\r\n--x--\r\n';
    return running.send(path, {
      method: 'POST',
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(sender === undefined ? {} : { 'x-user': sender }),
        ...(path.endsWith('form') ? { 'content-type': 'multipart/form-data; boundary=x' } : {}),
      },
      body: path.endsWith('form') ? form : JSON.stringify({ userName: 'root' }),
    });
  };

  describe.each(Object.keys(READERS))('read by %s', (reader) => {
    test.each([['alice'], [undefined]])('believes no name of another user: %s', async (sender) => {
      expect(await send(`/${reader}`, sender)).toMatchObject(NOBODY);
      expect(await send(`/early/${reader}`, sender)).toMatchObject(NOBODY);
      const begun = await stage.guard.api.data.findInstances({}, { userName: 'root' });
      expect(begun).toEqual([]);
    });
  });
});
