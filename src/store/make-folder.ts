import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder that its owner alone may enter, and those above it; one that is there stays as it is. */
export async function makeFolder(folder: string): Promise<void> {
  const options = { recursive: true, mode: 0o700 };
  try {
    await mkdir(folder, options);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    // So Node fails on a disk that may only be read. Where one folder alone is made, it tells the cause.
    let missing = path.resolve(folder);
    while (!existsSync(path.dirname(missing))) missing = path.dirname(missing);
    await mkdir(missing, options.mode);
    await mkdir(folder, options);
  }
}
