/**
 * Measures an embedded store of many instances of about 10 KB: how long a process takes to open it, its memory, and
 * pages of 50 for an administrator, a person with few tasks among many, and the administrator of a small tenant. And
 * how long exact totals, sorts and filters on data take and block other work at most, or that they are refused.
 *
 *     npm run build
 *     node bench/store/large-embedded.mjs <folder for the stores> <instances>...
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { ObjectId } from 'bson';
import { EmbeddedContents } from '../../dist/esm/store/embedded/contents.js';
import { openStore } from '../../dist/esm/store/open.js';
import { LARGE_FIELDS } from '../../dist/esm/store/query/large-fields.js';

const MEGABYTE = 1024 * 1024;
const BATCH = 500;
const ROUNDS = 30;
/** Tasks of the person, and instances of the tenant. */
const FEW = 60;

const TEXT = 'A line of data, as a form may have it. '.repeat(180);

function instance(n, all) {
  const isOfTenant = n % Math.ceil(all / FEW) === 0;
  const task = `${randomUUID()}`;
  const tenant = isOfTenant ? 'small' : '';
  return {
    _id: new ObjectId(),
    id: randomUUID(),
    name: `model ${n % 20}`,
    status: n % 4 === 0 ? 'end' : 'running',
    tenantId: tenant,
    data: { n, text: TEXT },
    items: Array.from({ length: 5 }, (_, at) => ({
      id: at === 4 ? task : randomUUID(),
      seq: at,
      elementId: `element ${at}`,
      type: at === 4 ? 'bpmn:UserTask' : 'bpmn:SequenceFlow',
      status: at === 4 && n % 4 > 0 ? 'wait' : 'end',
      startedAt: new Date(),
    })),
    logs: ['started'],
    guard: {
      rev: 1,
      format: 1,
      read: [`${tenant}|t:`, `${tenant}|g:clerks`, `${tenant}|u:${n % 500}`],
      open: [`${tenant}|t:`, n % Math.ceil(all / FEW) === 1 ? '|u:rare' : `${tenant}|g:clerks`],
    },
  };
}

async function fill(folder, all) {
  mkdirSync(folder, { recursive: true });
  const contents = await EmbeddedContents.open(folder);
  for (let n = 0; n < all; n += BATCH)
    await contents.write(
      'instances',
      Array.from({ length: Math.min(BATCH, all - n) }, (_, i) => instance(n + i, all)),
    );
  await contents.close();
}

const WAITING = { 'items.status': 'wait' };
const PAGES = {
  administrator: { each: WAITING },
  'few among many': { each: WAITING, marks: { field: 'guard.open', anyOf: ['|u:rare', '|g:none'] } },
  'small tenant': { each: {}, marks: { field: 'guard.read', anyOf: ['small|t:'] } },
};

const SORT = [['data.n', 1]];
const ALL = {
  'exact total': (instances) => instances.countItems({ before: {}, each: WAITING, needsAll: false }),
  'first 50 of a sort': (instances) =>
    instances.find({ filter: {}, sort: SORT, limit: 50, without: LARGE_FIELDS }),
  'count by data': (instances) => instances.count({ filter: { 'data.n': { $gte: 5 } } }),
};

async function measureAll(instances) {
  const result = {};
  for (const [name, ask] of Object.entries(ALL)) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    const failed = await ask(instances).then(
      () => undefined,
      (error) => error.code,
    );
    delay.disable();
    result[`${name}${failed === undefined ? '' : ` (${failed})`}, ms`] = performance.now() - start;
    result[`${name}, longest block, ms`] = delay.max / 1e6;
  }
  return result;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** In its own process, which has not written the store. */
async function measure(folder) {
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  const store = await openStore({ folder });
  const result = { 'open, ms': performance.now() - begun };
  for (const [name, plan] of Object.entries(PAGES)) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const rows = await store.instances.findItems({ before: {}, needsAll: false, limit: 50, ...plan });
      times.push(performance.now() - start);
      if (rows.length < 45) throw new Error(`${name}: ${rows.length} rows`);
    }
    [result[`${name}, first, ms`], result[`${name}, ms`]] = [times[0], median(times)];
  }
  result['memory, MB'] = (process.memoryUsage().rss - before) / MEGABYTE;
  Object.assign(result, await measureAll(store.instances));
  await store.close();
  return result;
}

const [folder, ...sizes] = process.argv.slice(2);
if (sizes.length === 0) console.log(JSON.stringify(await measure(folder)));
else
  for (const size of sizes) {
    const at = join(folder, size);
    await fill(at, Number(size));
    const said = execFileSync(process.execPath, [fileURLToPath(import.meta.url), at]);
    console.log(
      size,
      Object.fromEntries(Object.entries(JSON.parse(said)).map(([k, v]) => [k, Number(v.toFixed(2))])),
    );
    rmSync(at, { recursive: true });
  }
