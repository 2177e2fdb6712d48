import { readdir } from 'node:fs/promises';
import { emptyFolder } from '../empty-folder.js';
import { fill } from '../embedded/backup.js';
import { EmbeddedContents } from '../embedded/contents.js';
import { FolderBytes } from '../embedded/folder-bytes.js';
import { FORMAT_VERSION } from '../embedded/format.js';
import { copyIfLevel, isUnfinished } from '../embedded/migrate.js';
import { incomplete, readNote } from './unfinished.js';

async function copyAsIs(source: string, folder: string): Promise<number> {
  const bytes = await FolderBytes.open(source, { keepsFormat: true });
  try {
    const note = await readNote(new EmbeddedContents(bytes));
    if (note !== undefined) throw incomplete(note);
    return await fill(folder, bytes.snapshot(), bytes.version);
  } finally {
    await bytes.close();
  }
}

/**
 * Copies an embedded store into an empty folder. The copy has the current format, and the store keeps its own.
 * @returns the numbers of files and documents of the copy
 * @throws GuardError as `openStore`
 */
export async function copyFolder(
  source: string,
  folder: string,
): Promise<{ readonly files: number; readonly documents: number }> {
  await emptyFolder(folder);
  const documents = (await copyIfLevel(source, folder)) ?? (await copyAsIs(source, folder));
  // Brings it to the current format.
  await (await FolderBytes.open(folder)).close();
  return { files: (await readdir(folder)).length, documents };
}

/** True when a folder has the current format. */
export async function isCurrent(folder: string): Promise<boolean> {
  if (await isUnfinished(folder)) return false;
  const bytes = await FolderBytes.open(folder, { keepsFormat: true });
  await bytes.close();
  return bytes.version === FORMAT_VERSION;
}
