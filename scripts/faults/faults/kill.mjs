import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { foundIn, readFolder, start } from '../process.mjs';

export const name = 'kill';
export const title = 'kill -9 under load';

/** Rounds in one folder: each begins with what the one before it left. */
const IN_A_ROW = 10;

/**
 * Each process reads everything that the one before it left, and then writes until it is killed: so a kill costs one
 * process. Some are killed while they open the folder, which is when what a killed one left is taken up.
 */
export async function run({ candidate, times, folder, random, tally }) {
  const kills = times(10);
  for (let first = 0; first < kills; first += IN_A_ROW) {
    const at = join(folder, `kill-${first}`);
    const journal = new Journal(first % (2 * IN_A_ROW) === 0 ? 1 : 50);
    const last = Math.min(first + IN_A_ROW, kills);
    for (let round = first; round < last; round++) {
      const options = { workers: journal.workers, from: journal.next, operations: 1e6, reads: round > first };
      const writer = start(candidate, 'write', at, options);
      const isOpening = round % 5 === 4;
      if (!isOpening) await writer.until((lines) => lines.some((line) => line.startsWith('+')), 20_000);
      await new Promise((resolve) => setTimeout(resolve, random(isOpening ? 400 : 100)));
      writer.child.kill('SIGKILL');
      const { lines } = await writer.ended;
      // Killed while it opened the folder, it may have reported nothing, or only a part.
      const hasRead = round > first && (!isOpening || lines.some((line) => /^([+]|failed )/.test(line)));
      if (hasRead && !tally.read(journal, foundIn({ lines }), `round ${round - 1}`)) break;
      if (round > first && !hasRead) tally.add({});
      journal.take(lines);
      if (round === last - 1) tally.read(journal, await readFolder(candidate, at), `round ${round}`);
    }
  }
}
