import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.js';

const FOLDER = 0o700;
const FILE = 0o600;
/** What the package writes: files of the database, and the one beside it. */
const OURS = /^(CURRENT|LOCK|LOG(\.old)?|COMMITTED|MANIFEST-\d+|\d+\.(ldb|log|sst|dbtmp))$/;
/** Folders that it makes inside. */
const FOLDERS = /^(as-found|format-\d+(\.partial|\.ready|\.moving)?)$/;

/** Today's format while it is written beside an older one; written; and while it takes the place of the older one. */
export const PARTIAL = 'format-2.partial';
export const READY = 'format-2.ready';
export const MOVING = 'format-2.moving';

export const isOurs = (file: string): boolean => OURS.test(file);

/** True when the folder holds a store already, perhaps in the middle of being brought to today's format. */
export const holdsStore = (folder: string): boolean =>
  ['CURRENT', READY, MOVING].some((name) => existsSync(path.join(folder, name)));

/** On a file system without permissions, or where another user owns the folder, it stays as it is. */
const ifAllowed = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

/**
 * Makes a folder that its owner alone may enter: it holds hashes of passwords and sessions. One that is there
 * is closed, unless it holds other things beside a store.
 */
export async function privateFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const files = await readdir(folder).catch(() => ['?']);
  if (files.every((file) => isOurs(file) || FOLDERS.test(file))) await ifAllowed(chmod(folder, FOLDER));
}

/** The package makes its files as readable as the process lets it; they are for their owner. */
export async function privateFiles(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  await Promise.all(files.filter(isOurs).map((file) => ifAllowed(chmod(path.join(folder, file), FILE))));
}
