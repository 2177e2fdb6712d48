import { rmSync } from 'node:fs';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';
import { NO_DISK, smallDisk } from '../small-disk.mjs';

export const name = 'full';
export const title = 'full disk, space again later';

const MEGABYTES = 24;
const refusals = (lines) => lines.filter((line) => line.startsWith('-')).length;
const answers = (lines, from) => lines.slice(from).filter((line) => line.startsWith('+')).length;

export async function run({ candidate, times, tally }) {
  const disk = smallDisk(MEGABYTES);
  if (disk === undefined) return NO_DISK;
  try {
    const points = times(6);
    for (let point = 0; point < points; point++) await once(candidate, disk, point, points, tally);
    await opening(candidate, disk, tally);
  } finally {
    disk.unmount();
  }
}

/** The disk is full after some more bytes; later there is space again, and the same process should continue. */
async function once(candidate, disk, point, points, tally) {
  rmSync(disk.folder, { recursive: true, force: true });
  const journal = new Journal(point % 2 === 0 ? 1 : 20);
  // Most points near the end, where only a part of a write has room.
  const left = Math.floor((point / points) ** 2 * 8_000_000);
  const writer = start(candidate, 'write', disk.folder, {
    workers: journal.workers,
    from: 0,
    operations: 1e6,
  });
  await writer.until((lines) => answers(lines, 0) > 10, 20_000);
  disk.fill(left);
  const isRefused = await writer.until((lines) => refusals(lines) > 3, 20_000);
  disk.release();
  const from = writer.lines.length;
  const goesOn = await writer.until((lines) => answers(lines, from) > 5, 8000);
  writer.child.kill('SIGTERM');
  const { lines, died } = await writer.ended;
  journal.take(lines);
  const where = `${left} bytes left`;
  if (died !== undefined) tally.fault('crashed', `${where}: ${died}`);
  else if (!isRefused) tally.fault('not refused', where);
  else if (!goesOn) tally.fault('needs a restart', `${where}: ${journal.refusals.at(-1)}`);
  for (const text of new Set(journal.refusals)) tally.refusal(text, disk);
  tally.read(journal, await readFolder(candidate, disk.folder), where);
}

/** A start on a full disk is refused or works, and does no harm. */
async function opening(candidate, disk, tally) {
  rmSync(disk.folder, { recursive: true, force: true });
  const journal = new Journal(1);
  journal.take(
    (await start(candidate, 'write', disk.folder, { workers: 1, from: 0, operations: 200 }).ended).lines,
  );
  for (const left of [0, 4096, 20_000, 60_000]) {
    disk.fill(left);
    const { refused, crashed } = await readFolder(candidate, disk.folder);
    if (refused !== undefined) tally.refusal(refused, disk);
    if (crashed !== undefined) tally.fault('crashed', `opened with ${left} bytes left: ${crashed}`);
    disk.release();
    tally.read(journal, await readFolder(candidate, disk.folder), `opened with ${left} bytes left`);
  }
}
