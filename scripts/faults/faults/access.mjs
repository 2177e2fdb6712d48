import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';
import { NO_DISK, smallDisk } from '../small-disk.mjs';

const OPERATIONS = { workers: 1, from: 0, operations: 40 };
/** The user that systems call nobody. */
const NOBODY = 65_534;

async function filled(candidate, at) {
  const journal = new Journal(1);
  journal.take((await start(candidate, 'write', at, OPERATIONS).ended).lines);
  return journal;
}

/** Tries to write where it must not be possible. */
async function refused(candidate, at, setting, tally, where) {
  const { lines, died } = await start(candidate, 'write', at, { ...OPERATIONS, from: 1000 }, setting).ended;
  if (died !== undefined) tally.fault('crashed', `${where}: ${died}`);
  else if (lines.some((line) => line.startsWith('+'))) tally.fault('not refused', where);
  const said = lines.filter((line) => /^(-|failed )/.test(line));
  if (said.length === 0) tally.fault('refused without a cause', where);
  for (const text of new Set(said.map((line) => line.replace(/^(-\d+|failed) /, ''))))
    tally.refusal(text, { folder: at });
}

export const readOnly = {
  name: 'read-only',
  title: 'a disk that may only be read',
  async run({ candidate, tally }) {
    const disk = smallDisk(16);
    if (disk === undefined) return NO_DISK;
    try {
      const journal = await filled(candidate, disk.folder);
      disk.setReadOnly(true);
      await refused(candidate, disk.folder, {}, tally, 'a read-only disk');
      disk.setReadOnly(false);
      tally.read(journal, await readFolder(candidate, disk.folder), 'a read-only disk');
    } finally {
      disk.unmount();
    }
  },
};

export const otherUser = {
  name: 'owner',
  title: "another user's folder",
  async run({ candidate, folder, tally }) {
    if (process.getuid?.() !== 0) return 'only root can run a process of another user';
    const at = join(folder, 'owned');
    const journal = await filled(candidate, at);
    chmodSync(folder, 0o755);
    for (const mode of [0o700, 0o755]) {
      chmodSync(at, mode);
      await refused(candidate, at, { uid: NOBODY }, tally, `mode ${mode.toString(8)}`);
      tally.read(journal, await readFolder(candidate, at), `mode ${mode.toString(8)}`);
    }
  },
};
