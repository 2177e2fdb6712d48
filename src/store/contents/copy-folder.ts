import { readdir } from 'node:fs/promises';
import { emptyFolder } from '../empty-folder.js';
import { whileAsItIs } from '../embedded/as-it-is.js';
import { fill } from '../embedded/backup.js';
import { EmbeddedContents } from '../embedded/contents.js';
import { FolderBytes } from '../embedded/folder-bytes.js';
import { FORMAT_VERSION } from '../embedded/format.js';
import { copyLevel, isUnfinished, isUntouchedLevel } from '../embedded/migrate.js';
import { incomplete, readUnfinished } from './unfinished.js';

/** @throws CouldNotTell `store-incomplete` when it is itself being filled */
async function assertWhole(contents: EmbeddedContents): Promise<void> {
  const unfinished = await readUnfinished(contents);
  if (unfinished !== undefined) throw incomplete(unfinished);
}

/** LevelDB rewrites its files when it reads them, so a copy of them is read. */
const copyOfLevel = async (source: string, folder: string): Promise<number> =>
  (await whileAsItIs(source, (at) => copyLevel(at, folder))).documents;

async function copyAsIs(source: string, folder: string): Promise<number> {
  const bytes = await FolderBytes.open(source, { keepsFormat: true });
  try {
    await assertWhole(new EmbeddedContents(bytes));
    return await fill(folder, bytes.snapshot(), bytes.version, () => bytes.assertUnchanged());
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
  // Asked of the folder itself: what tells that it was interrupted meanwhile is not copied.
  const copy = (await isUntouchedLevel(source)) ? copyOfLevel : copyAsIs;
  const documents = await copy(source, folder);
  // Brings it to the current format.
  await (await FolderBytes.open(folder)).close();
  return { files: (await readdir(folder)).length, documents };
}

/**
 * Opens a folder of the current format to read it: nothing is written into it.
 * @returns undefined for a folder of an older format
 * @throws GuardError as `openStore`
 */
export async function openCurrent(folder: string): Promise<EmbeddedContents | undefined> {
  if (await isUnfinished(folder)) return undefined;
  const bytes = await FolderBytes.open(folder, { keepsFormat: true });
  const contents = new EmbeddedContents(bytes);
  try {
    if (bytes.version === FORMAT_VERSION) {
      await assertWhole(contents);
      return contents;
    }
  } catch (error) {
    await bytes.close();
    throw error;
  }
  await bytes.close();
  return undefined;
}
