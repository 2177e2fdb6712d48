import { readdir } from 'node:fs/promises';
import { BadInput } from '../core/errors.js';
import { inFolder, openingFailed } from './embedded/failure.js';
import { makeFolder } from './make-folder.js';

async function made(folder: string): Promise<readonly string[]> {
  try {
    await makeFolder(folder);
    return await readdir(folder);
  } catch (cause) {
    throw inFolder(folder, openingFailed(cause, 'The folder cannot be created'));
  }
}

/**
 * Creates a folder that only its owner may enter, or makes sure that an existing one is empty.
 * @throws BadInput `bad-configuration` when it is not empty, or cannot be created or read
 */
export async function emptyFolder(folder: string): Promise<void> {
  if ((await made(folder)).length > 0)
    throw inFolder(folder, new BadInput('bad-configuration', 'The folder is not empty.'));
}
