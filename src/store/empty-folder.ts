import { mkdir, readdir } from 'node:fs/promises';
import { BadInput } from '../core/errors.js';

/**
 * Makes a folder that its owner alone may enter, or makes sure that there is nothing in it.
 * @throws BadInput `bad-configuration` when it holds something
 */
export async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new BadInput('bad-configuration', 'The folder is not empty.');
}
