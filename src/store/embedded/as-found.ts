import { constants, copyFile, link, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { isOurs } from './private-folder.js';
import { LOG } from './sqlite/names.js';

/** Keeps the files of a damaged database as they were before it was opened. */
const AS_FOUND = 'as-found';

/**
 * Keeps the current files of a folder, because LevelDB discards data that looks torn when it opens them. Uses hard
 * links, not copies. If the file system has no links, nothing is kept; files that are already kept stay.
 * @returns whether this call created the folder that keeps them
 */
export async function keepAsFound(folder: string): Promise<boolean> {
  const kept = path.join(folder, AS_FOUND);
  try {
    const files = (await readdir(folder)).filter((file) => isOurs(file) && file !== 'LOCK');
    await mkdir(kept, { mode: 0o700 });
    return await linkAll(files, folder, kept);
  } catch {
    // The links only help to repair the folder by hand; the store works without them.
    return false;
  }
}

async function linkAll(files: readonly string[], from: string, to: string): Promise<boolean> {
  try {
    for (const file of files) await link(path.join(from, file), path.join(to, file));
    return true;
  } catch (error) {
    // An incomplete set is useless, and if another user created it the owner could not remove it.
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}

/** Keeps the log of a damaged database, because closing it removes the log. A log that is already kept stays. */
export async function keepLog(folder: string): Promise<void> {
  const kept = path.join(folder, AS_FOUND);
  try {
    await mkdir(kept, { recursive: true, mode: 0o700 });
    await copyFile(path.join(folder, LOG), path.join(kept, LOG), constants.COPYFILE_EXCL);
  } catch {
    // There is no log, or it is kept, or there is no space.
    await rmdir(kept).catch(() => undefined);
  }
}

/** Call it when the folder has turned out to be undamaged. */
export const dropAsFound = (folder: string): Promise<void> =>
  rm(path.join(folder, AS_FOUND), { recursive: true, force: true });
