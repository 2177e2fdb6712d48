import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sendText } from '../../src/express/answer.js';
import { Outgoing } from '../../src/express/outgoing.js';
import { eventually } from '../support/guards.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MB = 1_048_576;
const SIZE = 16 * MB;

test('answers from 64 KB on count: too many of them, unread, cost the oldest its connection', () => {
  const outgoing = new Outgoing();
  const closed: number[] = [];
  const add = (at: number, bytes: number): void =>
    outgoing.add(
      { once: () => undefined, setTimeout: () => undefined, destroy: () => closed.push(at) } as never,
      bytes,
    );
  for (let at = 0; at < 10_000; at++) add(at, 65_535);
  for (let at = 0; at < 2048; at++) add(at, 65_536);
  expect(closed).toEqual([]);
  add(2048, 65_536);
  expect(closed).toEqual([0]);
});

describe('Large answers', () => {
  let server: Server;
  const clients: Socket[] = [];
  const answers: ServerResponse[] = [];

  async function serve(limits: ConstructorParameters<typeof Outgoing>[0]): Promise<void> {
    const outgoing = new Outgoing(limits);
    server = createServer((req, res) => {
      answers.push(res);
      sendText(req, res, 200, 'x'.repeat(req.url === '/small' ? 10 : SIZE), 'text/plain', {}, outgoing);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  }
  const get = async (path = '/'): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  };

  /** A client that asks, and does not read. */
  async function slow(path = '/'): Promise<Socket> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    clients.push(socket);
    await once(socket, 'connect');
    const before = answers.length;
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await eventually(() => answers.length > before);
    return socket;
  }
  const open = (): number => answers.filter(({ destroyed }) => !destroyed).length;

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    answers.splice(0);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('that clients do not read take limited memory, and other clients are answered', async () => {
    await serve({ large: MB, most: 4 * SIZE, patience: 60_000 });
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 12; i++) await slow();
    expect(open()).toBe(4);
    // The oldest went first.
    expect(answers.map(({ destroyed }) => destroyed)).toEqual([
      ...Array(8).fill(true),
      ...Array(4).fill(false),
    ]);
    expect((await get()).length).toBe(SIZE);
    expect(await get('/small')).toBe('x'.repeat(10));
    await eventually(() => {
      collect();
      return process.memoryUsage().arrayBuffers - before < 6 * SIZE || undefined;
    });
  });

  test('disconnect a client that stops reading, but not a slow one', async () => {
    await serve({ large: MB, most: 100 * SIZE, patience: 3500 });
    await slow();
    const reader = await slow();
    let read = 0;
    reader.on('data', (piece: Buffer) => {
      read += piece.length;
      reader.pause();
      setTimeout(() => reader.resume(), 16);
    });
    const began = Date.now();
    reader.resume();
    await eventually(() => read > SIZE || undefined);
    expect(Date.now() - began).toBeGreaterThan(3500);
    await eventually(() => answers[0]?.destroyed);
  });

  test('count until they are sent; small answers do not count', async () => {
    await serve({ large: MB, most: 2 * SIZE, patience: 60_000 });
    for (let i = 0; i < 5; i++) expect((await get()).length).toBe(SIZE);
    await slow();
    for (let i = 0; i < 5; i++) await slow('/small');
    expect(answers.at(-6)?.destroyed).toBe(false);
  });
});
