import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

interface Timeouts {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly inactivity: number;
}
const { timedServer, TIMEOUTS, COMMAND_LIMIT } = require('../../sample-app/web/timeouts.js') as {
  timedServer(app: unknown, timeouts?: Timeouts): Server;
  TIMEOUTS: Timeouts;
  COMMAND_LIMIT: number;
};

/** Each test shortens the one that it is about: a short one may be over on a busy machine before a request is read. */
const LONG: Timeouts = {
  headersTimeout: 60_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 60_000,
  inactivity: 60_000,
};

/** Sends the text and nothing more; resolves to what came back when the server has ended the connection. */
async function say(
  text: string,
  answer: (req: any, res: any) => void,
  short: Partial<Timeouts>,
): Promise<string> {
  const server = timedServer(answer, { ...LONG, ...short }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let got = '';
  socket.on('data', (chunk) => (got += chunk.toString())).on('error', () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => server.close(resolve));
  return got;
}

const answer = (req: any, res: any) => void req.resume().on('end', () => res.end('done'));

test('the limits of the application stand', () => {
  const server = timedServer(answer);
  expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout, server.timeout]).toEqual([
    TIMEOUTS.headersTimeout,
    TIMEOUTS.requestTimeout,
    TIMEOUTS.keepAliveTimeout,
    TIMEOUTS.inactivity,
  ]);
  expect(TIMEOUTS.headersTimeout).toBeLessThanOrEqual(TIMEOUTS.requestTimeout);
});

test('who waits for an instance and then for a script that does not end gets an answer before the connection ends', () => {
  const waitForInstance = 30_000;
  expect(waitForInstance + COMMAND_LIMIT).toBeLessThan(TIMEOUTS.inactivity);
});

test('who does not finish the headers is cut off', async () => {
  expect(await say('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', answer, { headersTimeout: 500 })).toMatch(
    /^HTTP\/1\.1 408/,
  );
});

test('who does not finish the body is cut off', async () => {
  expect(
    await say('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf', answer, {
      headersTimeout: 1000,
      requestTimeout: 1000,
    }),
  ).toMatch(/^HTTP\/1\.1 408/);
});

test('a connection without a request is cut off', async () => {
  expect(await say('GET / HTTP/1.1\r\nHost: x\r\n\r\n', answer, { keepAliveTimeout: 500 })).toMatch(
    /^HTTP\/1\.1 200[\s\S]*done/,
  );
});

test('a connection on which nothing moves is cut off', async () => {
  expect(await say('GET / HTTP/1.1\r\nHost: x\r\n\r\n', () => undefined, { inactivity: 1000 })).toBe('');
});
