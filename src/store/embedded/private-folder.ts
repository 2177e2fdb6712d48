import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.js';

const FOLDER = 0o700;
const FILE = 0o600;
/** The files that the package writes: those of the database, and the witness. */
const OURS =
  /^(store\.db(-wal|-journal|-probe)?|CURRENT|LOCK|LOG(\.old)?|COMMITTED|MANIFEST-\d+|\d+\.(ldb|log|sst|dbtmp))$/;
/** The subfolders that it creates. */
const FOLDERS = /^(as-found|format-\d+(\.partial|\.ready|\.moving)?)$/;

/** The folder in the current format: while it is written, when it is complete, and while it replaces the older one. */
export const PARTIAL = 'format-2.partial';
export const READY = 'format-2.ready';
export const MOVING = 'format-2.moving';

export const isOurs = (file: string): boolean => OURS.test(file);

/** True when the folder already contains a store, possibly during a migration to the current format. */
export const holdsStore = (folder: string): boolean =>
  ['CURRENT', READY, MOVING].some((name) => existsSync(path.join(folder, name)));

/** Without file permissions, or if another user owns the folder, it stays unchanged. */
const ifAllowed = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

/**
 * Creates a folder that only its owner may enter, because it contains password hashes and sessions. The permissions of
 * an existing one are restricted too, unless it contains files other than those of a store.
 */
export async function privateFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const files = await readdir(folder).catch(() => ['?']);
  if (files.every((file) => isOurs(file) || FOLDERS.test(file))) await ifAllowed(chmod(folder, FOLDER));
}

/** Restricts the files of the package to their owner, because they are created with the umask of the process. */
export async function privateFiles(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  await Promise.all(files.filter(isOurs).map((file) => ifAllowed(chmod(path.join(folder, file), FILE))));
}
