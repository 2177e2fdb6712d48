import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

export const name = 'kill';
export const title = 'kill -9 under load';

/** Rounds in one folder: each begins with what the one before it left. */
const IN_A_ROW = 10;

export async function run({ candidate, times, folder, random, tally }) {
  let journal;
  let at;
  for (let round = 0; round < times(10); round++) {
    if (round % IN_A_ROW === 0) {
      journal = new Journal(round % (2 * IN_A_ROW) === 0 ? 1 : 50);
      at = join(folder, `kill-${round}`);
    }
    const options = { workers: journal.workers, from: journal.next, operations: 1e6 };
    const writer = start(candidate, 'write', at, options);
    await writer.until((lines) => lines.length > 1, 20_000);
    await new Promise((resolve) => setTimeout(resolve, random(250)));
    writer.child.kill('SIGKILL');
    journal.take((await writer.ended).lines);
    if (!tally.read(journal, await readFolder(candidate, at), `round ${round}`)) journal = undefined;
    if (journal === undefined) round += IN_A_ROW - 1 - (round % IN_A_ROW);
  }
}
