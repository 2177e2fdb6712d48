import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder } from '../empty-folder.js';
import { fill } from './backup.js';
import { FORMAT_VERSION } from './format.js';
import type { LevelBytes } from './level-bytes.js';
import { isOurs, MOVING, PARTIAL, READY } from './private-folder.js';

/** Where the files of an older format stay, inside the folder. */
const oldFolder = (version: number): string => `format-${version}`;

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => isOurs(file) && file !== 'LOCK');

/** The file by which a folder is taken for a database goes first when files leave it, and comes last. */
const currentFirst = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => Number(b === 'CURRENT') - Number(a === 'CURRENT'));

/**
 * Writes what a folder of an older format holds in today's, beside it. The folder is not changed.
 * @param old the database of the folder, open
 */
export async function writeAnew(folder: string, old: LevelBytes): Promise<void> {
  const partial = path.join(folder, PARTIAL);
  await rm(partial, { recursive: true, force: true });
  await emptyFolder(partial);
  await fill(partial, old.snapshot());
  await rename(partial, path.join(folder, READY));
}

/**
 * Puts what `writeAnew` has written in the place of the old files, which are kept in a folder of their own. Goes on
 * where it was interrupted; nothing to do: does nothing.
 */
export async function takeOver(folder: string): Promise<void> {
  const [ready, moving] = [path.join(folder, READY), path.join(folder, MOVING)];
  if (existsSync(ready)) {
    const old = path.join(folder, oldFolder(FORMAT_VERSION - 1));
    await mkdir(old, { recursive: true, mode: 0o700 });
    for (const file of currentFirst(await files(folder)))
      await rename(path.join(folder, file), path.join(old, file));
    await rename(ready, moving);
  }
  if (!existsSync(moving)) return;
  for (const file of currentFirst(await files(moving)).reverse())
    await rename(path.join(moving, file), path.join(folder, file));
  await rm(moving, { recursive: true });
}
