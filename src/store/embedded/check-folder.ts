import { FolderBytes } from './folder-bytes.js';

/**
 * Examines all of a folder: the structure of the database, every value, and the index against the instances.
 * @returns the number of values
 * @throws CouldNotTell `store-damaged`, naming what is damaged; `store-in-use` when a process has it open
 */
export async function checkFolder(folder: string): Promise<number> {
  const bytes = await FolderBytes.open(folder, Infinity);
  try {
    return bytes.count;
  } finally {
    await bytes.close();
  }
}
