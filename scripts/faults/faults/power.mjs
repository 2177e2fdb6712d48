import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';
import { failingSync } from './fsync.mjs';

export const name = 'power';
export const title = 'power that goes: all that was not flushed is gone';

export async function run({ candidate, times, folder, random, tally }) {
  const { library, why } = failingSync(folder);
  if (library === undefined) return why;
  for (let round = 0; round < times(6); round++) {
    const at = join(folder, `power-${round}`);
    const journal = new Journal(round % 2 === 0 ? 1 : 20);
    const env = { LD_PRELOAD: library, FAULTS_FOLDER: at, FAULTS_POWER: String(20 + random(400)) };
    const options = { workers: journal.workers, from: 0, operations: 1e6 };
    const { lines, status, died } = await start(candidate, 'write', at, options, { env }).ended;
    const where = `write or flush ${env.FAULTS_POWER}`;
    if (status !== 137) tally.fault('crashed', `${where}: ${died}`);
    journal.take(lines);
    tally.read(journal, await readFolder(candidate, at), where);
  }
}
