#!/usr/bin/env node
import { main } from './cli/main.js';

function onInterrupt(): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once('SIGINT', abort);
  return { signal: controller.signal, done: () => void process.removeListener('SIGINT', abort) };
}

const line = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(`${text}\n`);

main(process.argv.slice(2), {
  stdin: process.stdin,
  out: line(process.stdout),
  err: line(process.stderr),
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
