import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Serving } from '../../../src/engine/execution/serving.js';

const path = join(tmpdir(), `serving-${process.pid}.socket`);
afterEach(() => rmSync(path, { force: true }));

test('a process serves from its first connection on, even through a pipe, and after the server has closed', async () => {
  const serving = new Serving();
  try {
    expect(serving.now).toBe(false);
    const server = createServer((socket) => socket.end()).listen(path);
    await once(server, 'listening');
    const socket = connect(path);
    await once(socket.resume(), 'close');
    await new Promise((resolve) => server.close(resolve));
    expect(serving.now).toBe(true);
  } finally {
    serving.close();
  }
});

test('a process that listens on a port serves before anybody connects', async () => {
  const serving = new Serving();
  const server = createServer().listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    expect(serving.now).toBe(true);
  } finally {
    server.close();
    serving.close();
  }
});
