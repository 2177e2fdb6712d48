import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../core/errors.js';

const FOLDER = 0o700;
const FILE = 0o600;
/** What the package writes. */
const OURS = /^(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(ldb|log|sst|dbtmp))$/;

/** True when the folder holds a store already: each has this file. */
export const holdsStore = (folder: string): boolean => existsSync(path.join(folder, 'CURRENT'));

/** On a file system without permissions, or where another user owns the folder, it stays as it is. */
const ifAllowed = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

/**
 * Makes a folder that its owner alone may enter: it holds hashes of passwords and sessions. One that is there
 * is closed,
 * unless it holds other things beside a store.
 * @throws BadInput `bad-configuration` when it cannot be made
 */
export async function privateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER });
  } catch (cause) {
    throw new BadInput('bad-configuration', 'The folder of the store cannot be opened.', { cause });
  }
  const files = await readdir(folder).catch(() => ['?']);
  if (files.every((file) => OURS.test(file))) await ifAllowed(chmod(folder, FOLDER));
}

/** The package makes its files as readable as the process lets it; they are for their owner. */
export async function privateFiles(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  await Promise.all(
    files.filter((file) => OURS.test(file)).map((file) => ifAllowed(chmod(path.join(folder, file), FILE))),
  );
}
