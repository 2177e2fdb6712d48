import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import path from 'node:path';
import { emptyFolder, startApplication } from './application.js';
import { eventually } from '../support/guards.js';

const { stopper } = require('../../sample-app/web/shutdown.js') as {
  stopper(server: object, patience?: number): () => Promise<void>;
};

test('an answer that is made while the server stops is whole, and tells that the connection ends', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = createServer((_req, res) => void held.then(() => res.end('stored')));
  const stop = stopper(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    request({ port, host: '127.0.0.1', agent }, resolve).on('error', reject).end(),
  );
  await once(server, 'request');
  const stopped = stop();
  release();
  const response = await answer;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  expect([text, response.headers.connection]).toEqual(['stored', 'close']);
  await stopped;
  agent.destroy();
});

test('a connection on which nothing was sent does not hold up the end', async () => {
  const server = createServer();
  const stop = stopper(server, 2 ** 30);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(server, 'connection');
  await stop();
  await closed;
  expect([server.listening, socket.destroyed]).toEqual([false, true]);
});

const SERVER = path.resolve(__dirname, '../../sample-app/server.js');

test('nobody reads the log any more: it goes on', async () => {
  const { folder, remove } = await emptyFolder();
  const app = await startApplication(folder);
  try {
    app.closeOutput();
    for (let at = 0; at < 5; at += 1) expect((await fetch(`${app.address}/login`)).status).toBe(200);
  } finally {
    expect(await app.stop()).toBe(0);
    await remove();
  }
});

test('the disk with the log is full: it goes on', async () => {
  const { folder, remove } = await emptyFolder();
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [SERVER], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', full, full],
  });
  const ended = once(child, 'exit');
  try {
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/login`).then(
        ({ status }) => status,
        () => 0,
      );
    await eventually(async () => (await ask()) === 200, 40_000);
    for (let at = 0; at < 5; at += 1) expect(await ask()).toBe(200);
  } finally {
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    await remove();
  }
});
