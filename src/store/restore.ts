import { existsSync } from 'node:fs';
import { BadInput } from '../core/errors.js';
import { emptyFolder } from './empty-folder.js';
import { holdsStore } from './embedded/private-folder.js';
import { restoreDatabase } from './mongo/restore.js';
import { openStore, type StoreOptions } from './open.js';

/** The numbers of files and documents that a backup or a restore wrote. */
interface Copied {
  readonly files: number;
  readonly documents: number;
}

const bad = (message: string): BadInput => new BadInput('bad-configuration', message);

async function restoreFolder(source: string, folder: string): Promise<Copied> {
  if (!holdsStore(source)) throw bad('The folder contains no backup of an embedded store.');
  await emptyFolder(folder);
  // A backup of an embedded store is a store.
  const store = await openStore({ folder: source });
  try {
    return await store.backup(folder);
  } finally {
    await store.close();
  }
}

/**
 * Restores a backup into an empty store of the same kind; the two kinds have different formats.
 * @param source the folder that `backup` wrote
 * @throws BadInput `bad-configuration` when the source is not such a backup, or the target is not empty; nothing was
 *   written
 */
export async function restore(source: string, target: StoreOptions): Promise<Copied> {
  if (!existsSync(source)) throw bad('There is no such backup.');
  if ('folder' in target) return restoreFolder(source, target.folder);
  if ('url' in target) return restoreDatabase(source, target);
  throw bad('A store in memory cannot be restored.');
}
