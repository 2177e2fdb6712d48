/**
 * Measures a policy set of 100,000 entries in an embedded store: how long one change takes, how long a process takes
 * until its first list, and what memory it needs then, on the heap and in all, beyond a process without policies.
 * Times are by the clock, which is what callers wait for, and processor time of all threads, which other programs
 * change less. A change goes on after its caller has the answer; the first list after it waits for that.
 *
 *     npm run build
 *     node bench/policies/large-set.mjs <folder for the store> [entries]
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGuard, openStore } from 'bpmn-guard';

const MEGABYTE = 1024 * 1024;
/** Bounds of all changes, of the start, and of the heap. */
const goalOf = (name) =>
  ({ 'start, ms': 2_000, 'memory, MB': 150, 'memory of the process, MB': 150 })[name] ??
  (/^change of a \w+, ms$/.test(name) ? 50 : undefined);
/** Entries of one change while the store is filled. */
const PORTION = 20_000;
const PERMISSIONS = 8;
const ROUNDS = 15;
const HOW = { allowUnknownModels: true };
const SILENT = { info: () => undefined, warn: () => undefined, error: console.error };
const administrator = { userName: 'admin', userGroups: ['ADMIN'] };
const person = { userName: 'kim', userGroups: ['department-1'] };

const section = (at) => ({
  kind: 'section',
  id: at === 0 ? 'ROOT' : `section ${at}`,
  value: at <= 10 ? {} : { parent: `section ${Math.ceil(at / 10)}` },
});

function permission(at) {
  const where = `section ${1 + Math.floor(at / PERMISSIONS)}`;
  const group = `department-${at % 40}`;
  return {
    kind: 'section-permission',
    id: JSON.stringify(['section', where, 'group', group]),
    value: { section: where, group, permissions: ['bpmn-process-instance-read', 'read'] },
  };
}

const rule = (at, limit = 1_000) => ({
  kind: 'grid-rule',
  id: `rule ${at}`,
  value: {
    effect: 'Allow',
    users: { group: `department-${at % 40}` },
    privilege: 'Perform',
    on: { process: `Process ${at % 20}`, task: `element-${at}` },
    for: { 'data.amount': { $lt: limit } },
  },
});

const RIGHTS = ['Model:Read', 'ModelInstance:Read', 'ModelInstance:Create', 'Todo:Read_Own', 'Todo:Process'];
const role = (at) => ({ kind: 'security-role', id: `role ${at}`, value: { rights: RIGHTS } });

/** One tenth sections, eight tenths their permissions, and of the rest nine in ten rules of the grid. */
function* entries(count) {
  const places = Math.floor(count / 10);
  const rules = Math.floor(count * 0.09);
  for (let at = 0; at <= places; at++) yield section(at);
  for (let at = 0; at < places * PERMISSIONS; at++) yield permission(at);
  for (let at = 0; at < rules; at++) yield rule(at);
  for (let at = count - places * (PERMISSIONS + 1) - rules - 1; at > 0; at--) yield role(at);
}

const open = async (folder) => createGuard({ store: await openStore({ folder }), env: {}, logger: SILENT });

async function fill(folder, count) {
  const guard = await open(folder);
  const { policies } = guard.as(administrator);
  const all = [...entries(count)];
  for (let at = 0; at < all.length; at += PORTION) await policies.apply(all.slice(at, at + PORTION), HOW);
  await guard.close();
}

/** Milliseconds by the clock, and of processor time. */
async function timed(work) {
  const [before, begun] = [process.cpuUsage(), performance.now()];
  await work();
  const [clock, { user, system }] = [performance.now() - begun, process.cpuUsage(before)];
  return { clock, processor: (user + system) / 1000 };
}
const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
function memory() {
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return [heapUsed / MEGABYTE, rss / MEGABYTE];
}

/** Runs in its own process, which has not written the store. */
async function measure(folder) {
  let guard;
  const list = () => guard.as(person).data.findItems({});
  const start = await timed(async () => {
    guard = await open(folder);
    await list();
  });
  const result = { 'start, ms': start.clock, 'start, processor, ms': start.processor };
  [result['memory, MB'], result['memory of the process, MB']] = memory();
  const changes = {
    'change of a rule': (at) => [rule(at, 2_000)],
    'change of a section': (at) => [{ ...section(at + 20), value: { name: `Another ${at}` } }],
    'change of a permission': (at) => {
      const one = permission(at);
      return [{ ...one, value: { ...one.value, permissions: ['read'] } }];
    },
    'change of a role': (at) => [{ ...role(at + 1), value: { rights: RIGHTS.slice(at % 3) } }],
  };
  const { policies: api } = guard.as(administrator);
  for (const [name, make] of Object.entries(changes)) {
    const [times, lists] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const change = make(round);
      times.push(await timed(() => api.apply(change, HOW)));
      lists.push(await timed(list));
    }
    const clock = times.map((time) => time.clock);
    [result[`${name}, ms`], result[`${name}, most, ms`]] = [median(clock), Math.max(...clock)];
    result[`${name}, processor, ms`] = median(times.map(({ processor }) => processor));
    result[`${name}, first list, ms`] = median(lists.map((time) => time.clock));
  }
  await guard.close();
  return result;
}

/** Memory of a process that has opened a store and shown a list. */
async function memoryOf(folder) {
  const guard = await open(folder);
  await guard.as(person).data.findItems({});
  const found = memory();
  await guard.close();
  return found;
}

/** What a process says that measures a store. */
function measured(folder, what) {
  const self = fileURLToPath(import.meta.url);
  const said = String(execFileSync(process.execPath, ['--expose-gc', self, folder, '', what]));
  // bpmn-server prints a banner first.
  return JSON.parse(said.trim().split('\n').at(-1));
}

const [folder, count, isChild] = process.argv.slice(2);
if (isChild === undefined) {
  const at = join(folder, 'large-set');
  const [heap, rss] = measured(join(folder, 'without-policies'), 'memory');
  await fill(at, Number(count ?? 100_000));
  const found = measured(at, 'all');
  found['memory, MB'] -= heap;
  found['memory of the process, MB'] -= rss;
  for (const [name, value] of Object.entries(found)) {
    const goal = goalOf(name);
    const judged = goal === undefined ? '' : ` (goal ${goal})${value > goal ? ' MISSED' : ''}`;
    console.log(`${name}: ${value.toFixed(1)}${judged}`);
  }
  rmSync(at, { recursive: true });
  rmSync(join(folder, 'without-policies'), { recursive: true });
} else console.log(JSON.stringify(await (isChild === 'all' ? measure(folder) : memoryOf(folder))));
