import { CouldNotTell, isGuardError } from '../../core/errors.js';
import { dropAsFound, keepAsFound } from './as-found.js';
import { CheckedBytes } from './checked-bytes.js';
import { damaged } from './checksum.js';
import type { Commit } from './commit.js';
import { openingFailed } from './failure.js';
import { checkFiles } from './files/check-files.js';
import { FORMAT_VERSION, readFormat, writeFormat } from './format.js';
import { LevelBytes } from './level-bytes.js';
import { takeOver, writeAnew } from './migrate.js';
import type { Witness } from './witness.js';

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

/** Opens the database of a folder in the current format. Rewrites an older format, and keeps its files. */
async function openToday(folder: string): Promise<LevelBytes> {
  const level = await openKept(folder);
  try {
    const version = await readFormat(level);
    if (version === FORMAT_VERSION) return level;
    if (version === undefined) {
      await writeFormat(level);
      return level;
    }
    await writeAnew(folder, level);
  } catch (error) {
    await level.close();
    throw error;
  }
  await level.close();
  await takeOver(folder);
  return openToday(folder);
}

/** @throws CouldNotTell `store-damaged` when acknowledged commits are missing */
function compare(stored: Commit, known: Witness['found']): void {
  if (known === undefined || stored.number > known.number) return;
  if (stored.number < known.number)
    throw damaged(`its log lost the last ${known.number - stored.number} writes that were acknowledged`);
  if (stored.sum !== known.sum) throw damaged('its last write is not the one that was acknowledged');
}

/** Adds the suspected files to an error about damage found while reading. */
function withFiles(error: unknown, suspects: readonly string[]): unknown {
  const told = openingFailed(error);
  if (told.code !== 'store-damaged' || suspects.length === 0) return error;
  const message = `${told.message.replace(/\.$/, '')} (${suspects.join('; ')}).`;
  return new CouldNotTell('store-damaged', message, { cause: told.cause });
}

async function openWhole(
  folder: string,
  witness: () => Promise<Witness>,
): Promise<{ readonly checked: CheckedBytes; readonly witness: Witness }> {
  const level = await openToday(folder);
  const checked = new CheckedBytes(level);
  try {
    await checked.check();
    const beside = await witness();
    compare(checked.commit, beside.found);
    await dropAsFound(folder);
    return { checked, witness: beside };
  } catch (error) {
    await level.close();
    throw error;
  }
}

/**
 * Opens a folder and reads all of it. Damage is refused with the name of the file; if LevelDB changed files when it
 * opened them, their original state is kept in a subfolder.
 * @param witness opens the record of the last acknowledged commit, once the folder has the current format
 */
export async function openChecked(
  folder: string,
  witness: () => Promise<Witness>,
): Promise<{ readonly checked: CheckedBytes; readonly witness: Witness }> {
  await takeOver(folder);
  const suspects = await checkFiles(folder);
  try {
    return await openWhole(folder, witness);
  } catch (error) {
    throw withFiles(error, suspects);
  }
}
