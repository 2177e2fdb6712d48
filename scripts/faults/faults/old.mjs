import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

export const name = 'old';
export const title = 'a folder of an older format, killed while it is migrated';

/** Formats of folders that the package wrote once: as `candidates/` has them. */
const FORMATS = ['format-1', 'format-2', 'format-3'];

export async function run({ candidate, times, folder, random, tally }) {
  if (!candidate.startsWith('store')) return 'only the package has older formats';
  for (const format of FORMATS)
    for (let round = 0; round < times(2); round++) {
      const at = join(folder, `${format}-${round}`);
      const journal = new Journal(1);
      journal.take((await start(format, 'write', at, { workers: 1, from: 0, operations: 300 }).ended).lines);
      // Three times it dies on the way, then it may end its work.
      for (let tries = 0; tries < 3; tries++) {
        const opener = start(candidate, 'read', at);
        await new Promise((resolve) => setTimeout(resolve, 150 + random(250)));
        opener.child.kill('SIGKILL');
        await opener.ended;
      }
      tally.read(journal, await readFolder(candidate, at), `${format}, round ${round}`);
    }
}
