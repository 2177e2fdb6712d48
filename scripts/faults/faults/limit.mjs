import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

export const name = 'limit';
export const title = 'limit on the size of a file';

export async function run({ candidate, times, folder, tally }) {
  for (let round = 0; round < times(4); round++) {
    const at = join(folder, `limit-${round}`);
    const journal = new Journal(round % 2 === 0 ? 1 : 20);
    // In kB, as bash counts it.
    const limit = 64 + Math.floor((round * 1900) / times(4));
    const options = { workers: journal.workers, from: 0, operations: 600 };
    const wrap = `ulimit -f ${limit}; exec "$@"`;
    const { lines, died } = await start(candidate, 'write', at, options, { wrap }).ended;
    journal.take(lines);
    const where = `${limit} kB`;
    if (died !== undefined) tally.fault('crashed', `${where}: ${died}`);
    for (const text of new Set(journal.refusals)) tally.refusal(text, { folder: at });
    const failed = lines.find((line) => line.startsWith('failed '));
    if (failed !== undefined) tally.refusal(failed, { folder: at });
    tally.read(journal, await readFolder(candidate, at), where);
  }
}
