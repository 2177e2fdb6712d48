import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Creates a folder that only its owner may enter, and its parents; an existing one stays unchanged. */
export async function makeFolder(folder: string): Promise<void> {
  const options = { recursive: true, mode: 0o700 };
  try {
    await mkdir(folder, options);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    // On a read-only disk, a recursive mkdir of Node hides the cause; creating a single folder reports it.
    let missing = path.resolve(folder);
    while (!existsSync(path.dirname(missing))) missing = path.dirname(missing);
    await mkdir(missing, options.mode);
    await mkdir(folder, options);
  }
}
