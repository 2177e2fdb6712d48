import { link, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isOurs } from './private-folder.js';

/** Where the files stay as they were before a database was opened that turned out to be damaged. */
const AS_FOUND = 'as-found';

/**
 * Keeps the files of a folder as they are now: to open it, LevelDB throws away what it takes for torn. They are links,
 * and no copies. Where a file system has none, nothing is kept; where something is kept already, that stays.
 * @returns whether this call made the folder that keeps them
 */
export async function keepAsFound(folder: string): Promise<boolean> {
  const kept = path.join(folder, AS_FOUND);
  try {
    const files = (await readdir(folder)).filter((file) => isOurs(file) && file !== 'LOCK');
    await mkdir(kept, { mode: 0o700 });
    return await linkAll(files, folder, kept);
  } catch {
    // It is for who mends the folder by hand: the store works without it.
    return false;
  }
}

async function linkAll(files: readonly string[], from: string, to: string): Promise<boolean> {
  try {
    for (const file of files) await link(path.join(from, file), path.join(to, file));
    return true;
  } catch (error) {
    // A part of them is no help, and where another user made it the owner could not remove it.
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}

/** To be called when the folder has turned out to be whole. */
export const dropAsFound = (folder: string): Promise<void> =>
  rm(path.join(folder, AS_FOUND), { recursive: true, force: true });
