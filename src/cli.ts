#!/usr/bin/env node
import { main } from './cli/main.js';

function onInterrupt(): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once('SIGINT', abort);
  return { signal: controller.signal, done: () => void process.removeListener('SIGINT', abort) };
}

const stdout = process.stdout;
const stderr = process.stderr;
/** Why results could not be written. */
const lost: NodeJS.ErrnoException[] = [];
stdout.on('error', (error) => lost.push(error));
// Nobody reads what is said there; the exit code tells.
stderr.on('error', () => undefined);

const line = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(`${text}\n`);

const handOver = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
  });

process.once('exit', (code) => {
  const [error] = lost;
  if (error === undefined) return;
  // A reader such as `head` that has read enough needs no message.
  if (error.code !== 'EPIPE') stderr.write(`Failed: the output could not be written: ${error.message}\n`);
  if (code === 0) process.exitCode = 1;
});

main(process.argv.slice(2), {
  stdin: process.stdin,
  out: line(stdout),
  handOver,
  err: line(stderr),
  onInterrupt,
}).then(
  (code) => {
    process.exitCode = code;
    // An open input stream would keep the process alive.
    process.stdin.unref?.();
  },
  () => {
    process.exitCode = 1;
  },
);
