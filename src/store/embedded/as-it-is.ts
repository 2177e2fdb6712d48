import { existsSync } from 'node:fs';
import { chmod, constants, copyFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CouldNotTell } from '../../core/errors.js';
import { assertReadable, openChecked, type Opened, type OpenOptions } from './open-checked.js';
import { isOurs } from './private-folder.js';
import { EngineThread } from './sqlite/engine-thread.js';
import { DATABASE, LOG } from './sqlite/names.js';

/** The files of a folder that are read, and not written to. */
interface AsItIs {
  /** Where they are: the folder, or a copy of it. */
  readonly folder: string;
  /** Whether it is a copy, which may be written to. */
  readonly isCopy: boolean;
  /** @throws CouldNotTell `store-in-use` when the files have changed since; a copy does not change */
  assertUnchanged(): Promise<void>;
  /** Removes the copy. */
  end(): Promise<void>;
}

const inUse = (): CouldNotTell =>
  new CouldNotTell('store-in-use', 'The folder of the store is open in another process.');

/** What tells that files have changed: their names, sizes and times. */
async function stateOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter(isOurs).sort();
  const found = await Promise.all(
    names.map((name) => stat(path.join(folder, name), { bigint: true }).catch(() => undefined)),
  );
  return names.map((name, at) => `${name} ${found[at]?.size} ${found[at]?.mtimeNs}`).join('\n');
}

/** @throws CouldNotTell `store-in-use` when another process has locked the database */
async function assertUnlocked(folder: string): Promise<void> {
  const thread = new EngineThread(path.join(folder, DATABASE));
  try {
    if (await thread.ask<boolean>('isLocked')) throw inUse();
  } finally {
    // Releases the file. Whoever asks has made sure that this process has it open nowhere else.
    await thread.end();
  }
}

async function copyFiles(folder: string): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), 'bpmn-guard-copy-'));
  try {
    for (const name of (await readdir(folder)).filter(isOurs)) {
      const to = path.join(copy, name);
      await copyFile(path.join(folder, name), to, constants.COPYFILE_FICLONE);
      // Those of a backup may be for reading only.
      await chmod(to, 0o600);
    }
    return copy;
  } catch (error) {
    await rm(copy, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes the files of a folder readable without a change of them. A database that was closed is read where it is; one
 * with a log, or of LevelDB, is copied, because opening it changes its files. Call it when this process has it open
 * nowhere else.
 * @throws CouldNotTell `store-in-use` when another process has it open
 */
async function asItIs(folder: string): Promise<AsItIs> {
  const isClosed = existsSync(path.join(folder, DATABASE)) && !existsSync(path.join(folder, LOG));
  // Whoever has the database open has its log.
  if (!isClosed && existsSync(path.join(folder, DATABASE))) await assertUnlocked(folder);
  const before = await stateOf(folder);
  const assertUnchanged = async (): Promise<void> => {
    if ((await stateOf(folder)) !== before) throw inUse();
  };
  if (isClosed) return { folder, isCopy: false, assertUnchanged, end: () => Promise.resolve() };
  const copy = await copyFiles(folder);
  const end = (): Promise<void> => rm(copy, { recursive: true, force: true });
  try {
    await assertUnchanged();
  } catch (error) {
    await end();
    throw error;
  }
  return { folder: copy, isCopy: true, assertUnchanged: () => Promise.resolve(), end };
}

/** Ends with the error, or with that of files that have changed, which may look damaged. */
async function endWith({ assertUnchanged, end }: AsItIs, error: unknown): Promise<never> {
  await assertUnchanged().finally(end);
  throw error;
}

/** Opens a folder of SQLite so that nothing is written into it. */
export async function openAsItIs(
  folder: string,
  options: OpenOptions,
): Promise<Pick<AsItIs, 'assertUnchanged' | 'end'> & { readonly opened: Opened }> {
  await assertReadable(folder);
  const at = await asItIs(folder);
  try {
    const opened = await openChecked(at.folder, { ...options, keepsFormat: true, isReadOnly: !at.isCopy });
    return { ...at, opened };
  } catch (error) {
    return endWith(at, error);
  }
}

/**
 * Does something with the files of a folder without a change of them.
 * @param task gets the folder to read them from: a copy if reading would write
 * @throws CouldNotTell `store-in-use` when another process has it open, or changed it meanwhile
 */
export async function whileAsItIs<T>(folder: string, task: (at: string) => Promise<T>): Promise<T> {
  const at = await asItIs(folder);
  let done: T;
  try {
    done = await task(at.folder);
  } catch (error) {
    return endWith(at, error);
  }
  await at.assertUnchanged().finally(at.end);
  return done;
}
