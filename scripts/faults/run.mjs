/**
 * Injects the faults of disks, systems and people into the embedded store, and compares the data read afterwards with
 * what its callers were told: nothing acknowledged is lost, nothing is read that was not written, every refusal names
 * the file and the cause. Prints a table; the exit code is 1 when a fault was found.
 *
 *     npm run faults -- [--rounds 20] [--only kill,flip] [--candidate store,lmdb|all] [--seed 1] [--speed] [--at dir]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CANDIDATES, isPath, unavailable } from './candidates/index.mjs';
import * as access from './faults/access.mjs';
import * as damage from './faults/damage.mjs';
import * as fsync from './faults/fsync.mjs';
import * as full from './faults/full.mjs';
import * as kill from './faults/kill.mjs';
import * as limit from './faults/limit.mjs';
import * as old from './faults/old.mjs';
import * as power from './faults/power.mjs';
import * as reopen from './faults/reopen.mjs';
import * as two from './faults/two.mjs';
import { largeTable, speedTable } from './speed.mjs';
import { Tally } from './tally.mjs';

const FAULTS = [
  kill,
  full,
  limit,
  fsync,
  power,
  damage.truncated,
  damage.flipped,
  access.readOnly,
  access.otherUser,
  two,
  reopen,
  old,
];

const { values } = parseArgs({
  options: {
    /** 1 takes about a minute; 20 kills two hundred times. */
    rounds: { type: 'string', default: '1' },
    /** At most so many tries of each fault. */
    tries: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    candidate: { type: 'string', default: 'store' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string', default: tmpdir() },
    speed: { type: 'boolean', default: false },
    /** So many small values are stored, opened and read. */
    large: { type: 'string' },
  },
});

const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number from 1 on');

function chosen(list, names, what) {
  const unknown = names.filter((name) => !list.includes(name) && !(what === 'candidate' && isPath(name)));
  if (unknown.length > 0) throw new Error(`No ${what} is called ${unknown.join(', ')}: ${list.join(', ')}`);
  return names;
}
const names = FAULTS.map(({ name }) => name);
const faults = chosen(names, values.only?.split(',') ?? names, 'fault');
const wanted =
  values.candidate === 'all' ? CANDIDATES : chosen(CANDIDATES, values.candidate.split(','), 'candidate');

/** Numbers from 0 up to, not including, `below`: the same for the same seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function tryOut(fault, candidate) {
  const folder = mkdtempSync(join(values.at, `faults-${fault.name}-`));
  const tally = new Tally();
  const begun = performance.now();
  try {
    const random = randomFrom(Number(values.seed));
    const times = (base) => Math.min(base * rounds, Number(values.tries));
    const skipped = await fault.run({ candidate, times, folder, random, tally });
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    const found = Object.entries(tally.faults).map(([kind, count]) => `${count} ${kind}`);
    const result = skipped ?? `${found.length === 0 ? 'held' : found.join(', ')} (${tally.tries} tries)`;
    console.error(
      `${candidate}, ${fault.name}: ${skipped === undefined ? '' : 'skipped: '}${result}, ${seconds} s`,
    );
    for (const example of tally.examples) console.error(`  ${example}`);
    return { cell: skipped === undefined ? result : 'skipped', isFaulty: found.length > 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const candidates = [];
for (const name of wanted) {
  const why = await unavailable(name);
  if (why === undefined) candidates.push(name);
  else console.error(`skipped: ${name}: ${why}`);
}
if (candidates.length === 0) throw new Error('There is nothing to try');
mkdirSync(values.at, { recursive: true });

let isFaulty = false;
const rows = [['fault', ...candidates], ['fault', ...candidates].map(() => '---')];
if (values.speed) rows.splice(0, 2, ...(await speedTable(candidates, values.at, rounds)));
else if (values.large !== undefined)
  rows.splice(0, 2, ...(await largeTable(candidates, values.at, Number(values.large))));
else
  for (const fault of FAULTS.filter(({ name }) => faults.includes(name))) {
    const row = [`${fault.name}: ${fault.title}`];
    for (const candidate of candidates) {
      const result = await tryOut(fault, candidate);
      row.push(result.cell);
      isFaulty ||= result.isFaulty;
    }
    rows.push(row);
  }
console.log(rows.map((row) => `| ${row.join(' | ')} |`).join('\n'));
process.exitCode = isFaulty ? 1 : 0;
