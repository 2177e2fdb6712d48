import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

export const name = 'reopen';
export const title = 'closed and opened again by the same process';

/** As it must be done after a failed write, and to look at a backup. */
export async function run({ candidate, times, folder, tally }) {
  for (let round = 0; round < times(1); round++) {
    const at = join(folder, `reopen-${round}`);
    const journal = new Journal(1);
    const options = { workers: 1, from: 0, operations: 30, openings: 3 };
    const { lines, died } = await start(candidate, 'write', at, options).ended;
    journal.take(lines);
    const failed = lines.find((line) => line.startsWith('failed '));
    if (died !== undefined) tally.fault('crashed', died);
    if (failed !== undefined) tally.fault('not released', failed);
    tally.read(journal, await readFolder(candidate, at), `round ${round}`);
  }
}
