import { join } from 'node:path';
import { grouped } from './grouped.mjs';
import { entriesOf } from './work.mjs';

const SECONDS = 3;

async function commitsPerSecond(port, workers, from) {
  const end = performance.now() + SECONDS * 1000;
  const begun = performance.now();
  let done = 0;
  const worker = async (number) => {
    for (let n = from + number; performance.now() < end; n += workers) {
      await port.put(entriesOf(n, workers));
      done++;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, number) => worker(number)));
  return (done * 1000) / (performance.now() - begun);
}

/** How much is stored where opening and reading are measured. */
const OPERATIONS = 4000;

/** Measures one candidate below a folder. */
export async function measure(tried, folder) {
  const open = async (name) => {
    const port = await tried.open(join(folder, name));
    return tried.groups ? port : grouped(port);
  };
  const busy = await open('busy');
  const alone = await commitsPerSecond(busy, 1, 0);
  const many = await commitsPerSecond(busy, 50, 1_000_000);
  await busy.close();
  const filled = await open('filled');
  await Promise.all(Array.from({ length: OPERATIONS }, (_, n) => filled.put(entriesOf(n, 1))));
  await filled.close();
  return { 'one by one': alone, 'fifty at once': many, ...(await reading(open)) };
}

async function reading(open) {
  let begun = performance.now();
  const port = await open('filled').catch(() => undefined);
  // Another fault reports engines that do not release their folder.
  if (port === undefined) return { 'open, ms': NaN, 'read all, ms': NaN };
  const [key] = entriesOf(0, 1)[0];
  if ((await port.get(key)) === undefined) throw new Error(`${key} is not there`);
  const opened = performance.now() - begun;
  begun = performance.now();
  let count = 0;
  for await (const _ of port.iterate()) count++;
  const read = performance.now() - begun;
  await port.close();
  if (count !== 2 * OPERATIONS + 1) throw new Error(`${count} values are there`);
  return { 'open, ms': opened, 'read all, ms': read };
}

const keyOf = (n) => `entry/${String(n).padStart(9, '0')}`;
const MEGABYTE = 1024 * 1024;

/** Fills a folder with many small values, or opens it in this process, which has not written to it. */
export async function measureLarge(tried, folder, { entries, isFilled }) {
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  const port = await tried.open(folder);
  if (!isFilled) {
    for (let from = 0; from < entries; from += 5000)
      await port.put(Array.from({ length: 5000 }, (_, i) => [keyOf(from + i), Buffer.alloc(200, from + i)]));
    await port.close();
    return {};
  }
  if ((await port.get(keyOf(entries - 1))) === undefined) throw new Error('The last one is not there');
  const opened = performance.now() - begun;
  const rss = (process.memoryUsage().rss - before) / MEGABYTE;
  let pages = 0;
  const half = performance.now();
  for (; pages < 200; pages++) {
    let rows = 0;
    for await (const _ of port.iterate(keyOf(Math.floor((pages * entries) / 201)))) if (++rows === 50) break;
  }
  const page = (performance.now() - half) / pages;
  await port.close();
  return { 'open, ms': opened, 'memory, MB': rss, 'a page of 50, ms': page };
}
