import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LevelBytes as Level } from './level-bytes.js';
import { dropAsFound, keepAsFound } from './as-found.js';
import { CheckedBytes } from './checked-bytes.js';
import { damaged } from './checksum.js';
import type { Commit } from './commit.js';
import { FORMAT_VERSION, readFormat, writeFormat } from './format.js';
import { LevelBytes } from './level-bytes.js';
import { takeOver, writeAnew } from './migrate.js';
import { footerHolds } from './table-blocks.js';
import type { Witness } from './witness.js';

/** @throws CouldNotTell `store-damaged` when LevelDB could end the process over a table */
async function checkTables(folder: string): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => /^\d+\.(ldb|sst)$/.test(name))) {
    // One that cannot be read, or is gone since, is LevelDB's to tell.
    const table = await readFile(path.join(folder, file)).catch(() => undefined);
    if (table !== undefined && !footerHolds(table))
      throw damaged(`the blocks of its table ${file} are not what was written`);
  }
}

/** The database of a folder in today's format. One in an older format is written anew, and its files are kept. */
async function openToday(folder: string): Promise<Level> {
  await takeOver(folder);
  await keepAsFound(folder);
  await checkTables(folder);
  const level = await LevelBytes.open(folder);
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
  return openToday(folder);
}

/** @throws CouldNotTell `store-damaged` when acknowledged commits are missing */
function compare(stored: Commit, known: Witness['found']): void {
  if (known === undefined || stored.number > known.number) return;
  if (stored.number < known.number)
    throw damaged(`its log lost the last ${known.number - stored.number} writes that were acknowledged`);
  if (stored.sum !== known.sum) throw damaged('its last write is not the one that was acknowledged');
}

/**
 * Opens a folder and reads all of it. What is damaged is refused, and the files as they were found are kept beside.
 * @param witness makes what knows the last acknowledged commit, once the folder is in today's format
 */
export async function openChecked(
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
