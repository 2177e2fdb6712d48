import { CouldNotTell, isGuardError } from '../../core/errors.js';
import { dropAsFound, keepAsFound } from './as-found.js';
import type { Bytes } from './bytes.js';
import { CheckedBytes } from './checked-bytes.js';
import { openingFailed } from './failure.js';
import { checkFiles } from './files/check-files.js';
import { readFormat } from './format.js';
import { LevelBytes } from './level-bytes.js';
import { Witness } from './witness.js';

/** A folder of an older format. */
interface Old {
  readonly version: number;
  readonly bytes: Bytes;
}

/** Opens the database of a folder. Keeps the files that LevelDB may discard data from. */
async function openKept(folder: string): Promise<LevelBytes> {
  const isKeptNow = await keepAsFound(folder);
  try {
    return await LevelBytes.open(folder);
  } catch (error) {
    // LevelDB has changed nothing: another process has the folder open, or this one may not write to it.
    const isAsItWas = isGuardError(error) && ['store-in-use', 'bad-configuration'].includes(error.code);
    if (isAsItWas && isKeptNow) await dropAsFound(folder);
    throw error;
  }
}

/** Adds the suspected files to an error about damage found while reading. */
function withFiles(error: unknown, suspects: readonly string[]): unknown {
  const told = openingFailed(error);
  if (told.code !== 'store-damaged' || suspects.length === 0) return error;
  const message = `${told.message.replace(/\.$/, '')} (${suspects.join('; ')}).`;
  return new CouldNotTell('store-damaged', message, { cause: told.cause });
}

/** Values with checksums, and the last commit, as format 2 has them. */
async function checkedBytes(folder: string, level: LevelBytes): Promise<Bytes> {
  const checked = new CheckedBytes(level);
  await checked.check();
  const witness = await Witness.open(folder);
  try {
    witness.compare(checked.commit);
  } finally {
    await witness.close();
  }
  return checked;
}

async function openWhole(folder: string): Promise<Old> {
  const level = await openKept(folder);
  try {
    // An empty database was left by a process that died when it created it.
    const version = (await readFormat(level)) ?? 2;
    const bytes = version === 1 ? level : await checkedBytes(folder, level);
    await dropAsFound(folder);
    return { version, bytes };
  } catch (error) {
    await level.close();
    throw error;
  }
}

/**
 * Opens a folder of format 1 or 2, whose database is LevelDB, and reads all of it. Damage is refused with the name of
 * the file; if LevelDB changed files when it opened them, their original state is kept in a subfolder.
 */
export async function openLevel(folder: string): Promise<Old> {
  const suspects = await checkFiles(folder);
  try {
    return await openWhole(folder);
  } catch (error) {
    throw withFiles(error, suspects);
  }
}
