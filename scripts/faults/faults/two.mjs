import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

export const name = 'two';
export const title = 'two processes on one folder';

export async function run({ candidate, times, folder, tally }) {
  for (let round = 0; round < times(1); round++) {
    const at = join(folder, `two-${round}`);
    const journal = new Journal(1);
    const first = start(candidate, 'write', at, { workers: 1, from: 0, operations: 1e6, pause: 5 });
    await first.until((lines) => lines.length > 5, 20_000);
    const second = await start(candidate, 'write', at, { workers: 1, from: 100_000, operations: 5 }).ended;
    const failed = second.lines.find((line) => line.startsWith('failed '));
    if (failed === undefined) tally.fault('not refused', 'the second process wrote as well');
    else tally.refusal(failed, { folder: at });
    first.child.kill('SIGTERM');
    journal.take((await first.ended).lines);
    for (const line of second.lines)
      if (line.startsWith('+')) journal.acknowledged.add(Number(line.slice(1)));
    const { found, ...rest } = await readFolder(candidate, at);
    // If both wrote, only the first is judged by the values that it overwrote.
    tally.read(journal, found === undefined ? rest : { found }, `round ${round}`);
  }
}
