import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

export const name = 'fsync';
export const title = 'a flush of the disk that fails, what was not flushed is gone';

const SOURCE = fileURLToPath(new URL('../failing-sync.c', import.meta.url));

/** @returns the path of the library that is loaded before that of the system, or why there is none */
export function failingSync(folder) {
  if (process.platform !== 'linux') return { why: 'made for Linux only' };
  const library = join(folder, 'failing-sync.so');
  if (existsSync(library)) return { library };
  const { status, stderr, error } = spawnSync('cc', [
    '-O1',
    '-shared',
    '-fPIC',
    '-o',
    library,
    SOURCE,
    '-ldl',
  ]);
  if (status !== 0) return { why: `no C compiler: ${error?.code ?? String(stderr).slice(0, 100)}` };
  return { library };
}

export async function run({ candidate, times, folder, tally }) {
  const { library, why } = failingSync(folder);
  if (library === undefined) return why;
  for (let round = 0; round < times(6); round++) {
    const at = join(folder, `fsync-${round}`);
    const journal = new Journal(round % 2 === 0 ? 1 : 20);
    const after = 3 + round * 3;
    const env = {
      LD_PRELOAD: library,
      FAULTS_FOLDER: at,
      FAULTS_AFTER: String(after),
      FAULTS_COUNT: String(1 + (round % 3)),
    };
    const writer = start(
      candidate,
      'write',
      at,
      { workers: journal.workers, from: 0, operations: 1e6 },
      { env },
    );
    await writer.until((lines) => lines.some((line) => /^[-f]/.test(line)), 20_000);
    const from = writer.lines.length;
    await writer.until((lines) => lines.slice(from).filter((line) => line.startsWith('+')).length > 5, 5000);
    // Half of them end as a machine does.
    writer.child.kill(round % 4 < 2 ? 'SIGTERM' : 'SIGKILL');
    const { lines, died } = await writer.ended;
    journal.take(lines, died === 'SIGKILL');
    const where = `flush ${after}`;
    if (![undefined, 'SIGKILL', 'SIGTERM'].includes(died)) tally.fault('crashed', `${where}: ${died}`);
    for (const text of new Set(journal.refusals)) tally.refusal(text, { folder: at });
    tally.read(journal, await readFolder(candidate, at), where);
  }
}
