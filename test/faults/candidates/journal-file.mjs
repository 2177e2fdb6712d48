import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A small engine: one line a write, in one file. What it does wrong is what `flaw` says. */
export async function openJournal(folder, flaw) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'journal');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const values = new Map();
  for (const line of lines.slice(0, -1))
    for (const [key, value] of JSON.parse(line)) values.set(key, Buffer.from(value, 'base64'));
  const fd = openSync(file, 'a');
  const late = [];
  const write = (entries) => {
    const line = entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    writeSync(fd, `${JSON.stringify(line)}\n`);
    fsyncSync(fd);
  };
  return {
    get: async (key) => values.get(key),
    async put(entries) {
      await new Promise((resolve) => setImmediate(resolve));
      if (flaw === 'forgets') late.push(entries);
      else write(entries);
    },
    async *iterate() {
      yield* [...values].sort(([a], [b]) => (a < b ? -1 : 1));
    },
    async close() {
      late.forEach(write);
      closeSync(fd);
    },
  };
}
