import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder } from '../empty-folder.js';
import { fill } from './backup.js';
import { UNINDEXED } from './format.js';
import { openLevel } from './open-level.js';
import { isMark, isOfLevel, isOurs, PARTIAL, ready, STEP_LOCK, STEPS, type Step } from './private-folder.js';
import { whileLocked } from './sqlite/file-lock.js';
import { DATABASE } from './sqlite/names.js';

/** LevelDB keeps this file, so it is not moved. */
const LOCK = 'LOCK';

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => isOurs(file) && file !== LOCK);

/** Puts the file first that marks a folder as a database: it must leave a folder first and arrive last. */
const markFirst = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => Number(isMark(b)) - Number(isMark(a)));

/**
 * Copies the content of a folder of LevelDB, whose files may change when they are read, into an empty one, in the first
 * format of SQLite.
 * @returns the format that it had, and the number of documents
 */
export async function copyLevel(
  folder: string,
  target: string,
): Promise<{ readonly version: number; readonly documents: number }> {
  const { version, bytes } = await openLevel(folder);
  try {
    await emptyFolder(target);
    return { version, documents: await fill(target, bytes.snapshot(), UNINDEXED) };
  } finally {
    await bytes.close();
  }
}

/**
 * Writes the content of a folder of LevelDB in the first format of SQLite, beside it. The files of the folder do not
 * change.
 */
export async function writeAnew(folder: string): Promise<void> {
  const partial = path.join(folder, PARTIAL);
  await rm(partial, { recursive: true, force: true });
  const { version } = await copyLevel(folder, partial);
  await rename(partial, path.join(folder, ready(version)));
}

async function takeStep(folder: string, step: Step): Promise<void> {
  const [from, moving] = [path.join(folder, step.ready), path.join(folder, step.moving)];
  if (existsSync(from)) {
    const old = path.join(folder, step.old);
    await mkdir(old, { recursive: true, mode: 0o700 });
    for (const file of markFirst(await files(folder)))
      await rename(path.join(folder, file), path.join(old, file));
    await rename(from, moving);
  }
  if (!existsSync(moving)) return;
  for (const file of markFirst(await files(moving)).reverse())
    await rename(path.join(moving, file), path.join(folder, file));
  await rm(moving, { recursive: true });
}

/** Replaces the old files with the new ones, and keeps the old ones in their own folder. Resumes an interrupted run. */
async function takeOver(folder: string): Promise<void> {
  for (const step of STEPS) await takeStep(folder, step);
}

const isBegun = (names: readonly string[]): boolean =>
  STEPS.flatMap((step) => [step.ready, step.moving]).some((name) => names.includes(name));
const isLevel = (names: readonly string[]): boolean => !names.includes(DATABASE) && names.some(isOfLevel);

/** True when a folder is yet to be brought to SQLite, or was interrupted meanwhile. */
export async function isUnfinished(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return isBegun(names) || isLevel(names);
}

/** True for a LevelDB folder whose conversion to SQLite has not begun. */
export async function isUntouchedLevel(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return isLevel(names) && !isBegun(names);
}

async function finish(folder: string): Promise<void> {
  await takeOver(folder);
  if (!(await isUnfinished(folder))) return;
  await writeAnew(folder);
  await takeOver(folder);
  await rm(path.join(folder, LOCK), { force: true });
}

/**
 * Brings a folder of LevelDB to SQLite; does nothing with others.
 * @throws CouldNotTell `store-in-use` while another process does it
 */
export async function migrate(folder: string): Promise<void> {
  if (!(await isUnfinished(folder))) return;
  await whileLocked(path.join(folder, STEP_LOCK), () => finish(folder));
}
