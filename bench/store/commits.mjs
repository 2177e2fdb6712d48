/**
 * Commits a second of an embedded store: changes of instances of about 7 KB with three items, each with a line of the
 * log, the changes of its index and a flush of the disk, one after the other, and 20 and 50 at once. Uses a folder of
 * its own below the given one, and removes it.
 *
 *     npm run build
 *     node bench/store/commits.mjs <folder>
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../dist/esm/index.js';

const SECONDS = 4;
const [at] = process.argv.slice(2);
if (at === undefined) {
  console.error('usage: node bench/store/commits.mjs <folder>');
  process.exit(1);
}

const itemOf = (id, number) => ({
  id: `${id}-${number}`,
  elementId: `task_${number}`,
  type: 'bpmn:UserTask',
  status: number === 3 ? 'wait' : 'end',
  seq: number,
});

/** The instance at a revision: another user is marked at each. */
function instanceAt(id, rev) {
  const marks = [`|u:user-${rev % 50}`];
  return {
    id,
    name: 'Process',
    version: rev,
    status: 'running',
    startedAt: new Date(0),
    saved: new Date(),
    tenantId: null,
    data: { rev, text: 'x'.repeat(6_000) },
    items: [1, 2, 3].map((number) => itemOf(id, number)),
    tokens: [],
    guard: { rev, startedBy: 'starter', read: [...marks, '|u:starter', '|t:'], open: marks, timers: false },
  };
}

async function commitsPerSecond(store, atOnce) {
  const ids = Array.from({ length: atOnce }, (_, number) => `of ${atOnce}, ${number}`);
  for (const id of ids) await store.instances.insert(instanceAt(id, 1));
  const begun = performance.now();
  let done = 0;
  const change = async (given) => {
    for (let rev = 1; performance.now() < begun + SECONDS * 1000; rev++) {
      const { id, ...fields } = instanceAt(given, rev + 1);
      const log = { lines: [`step ${rev}`], most: 1000 };
      if (!(await store.instances.update(id, rev, fields, log))) throw new Error(`${id} was not changed`);
      done++;
    }
  };
  await Promise.all(ids.map(change));
  return (done * 1000) / (performance.now() - begun);
}

mkdirSync(at, { recursive: true });
const folder = mkdtempSync(join(at, 'commits-'));
const store = await openStore({ folder: join(folder, 'store') });
for (const atOnce of [1, 20, 50])
  console.log(`${atOnce} at once: ${Math.round(await commitsPerSecond(store, atOnce))} commits a second`);
await store.close();
rmSync(folder, { recursive: true });
