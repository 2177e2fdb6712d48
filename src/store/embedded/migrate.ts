import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder } from '../empty-folder.js';
import { fill } from './backup.js';
import { FORMAT_VERSION } from './format.js';
import type { LevelBytes } from './level-bytes.js';
import { isOurs, MOVING, PARTIAL, READY } from './private-folder.js';

/** The subfolder that keeps the files of an older format. */
const oldFolder = (version: number): string => `format-${version}`;

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => isOurs(file) && file !== 'LOCK');

/** Puts CURRENT first. It marks a folder as a database, so it must leave a folder first and arrive last. */
const currentFirst = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => Number(b === 'CURRENT') - Number(a === 'CURRENT'));

/**
 * Writes the content of a folder of an older format in the current format, beside it. The folder does not change.
 * @param old the open database of the folder
 */
export async function writeAnew(folder: string, old: LevelBytes): Promise<void> {
  const partial = path.join(folder, PARTIAL);
  await rm(partial, { recursive: true, force: true });
  await emptyFolder(partial);
  await fill(partial, old.snapshot());
  await rename(partial, path.join(folder, READY));
}

/**
 * Replaces the old files with those of `writeAnew`, and keeps the old ones in their own folder. Resumes an interrupted
 * run; does nothing if there is nothing to replace.
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
