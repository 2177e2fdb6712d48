import { FolderBytes } from './folder-bytes.js';

/**
 * Examines all of a folder: the structure of the database, every value, and the index, if its format has one, against
 * the instances. Nothing that is stored changes, nor does its format.
 * @returns the number of values, and their format
 * @throws CouldNotTell `store-damaged`, naming what is damaged; `store-in-use` when a process has it open
 */
export async function checkFolder(
  folder: string,
): Promise<{ readonly count: number; readonly version: number }> {
  const bytes = await FolderBytes.open(folder, { examinedFirst: Infinity, keepsFormat: true });
  try {
    return { count: bytes.count, version: bytes.version };
  } finally {
    await bytes.close();
  }
}
