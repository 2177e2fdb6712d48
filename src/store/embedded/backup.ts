import { readdir } from 'node:fs/promises';
import { emptyFolder } from '../empty-folder.js';
import type { Bytes, Change } from './bytes.js';
import { CheckedBytes } from './checked-bytes.js';
import { closeAll } from './close-all.js';
import { fillingFailed, inFolder, openingFailed } from './failure.js';
import { writeFormat } from './format.js';
import { LevelBytes } from './level-bytes.js';
import { Witness } from './witness.js';

const BATCH = 200;

/** Writes values into an empty folder, which becomes a store with the last one. @returns the number of documents */
export async function fill(folder: string, values: AsyncIterable<Change>): Promise<number> {
  const level = await LevelBytes.open(folder, true).catch((cause: unknown) => {
    throw inFolder(folder, openingFailed(cause));
  });
  let witness: Witness | undefined;
  try {
    witness = await Witness.open(folder);
    const target = new CheckedBytes(level);
    let documents = 0;
    let batch: Change[] = [];
    for await (const change of values) {
      if (change.space === 'format') continue;
      if (change.space !== 'large') documents++;
      batch.push(change);
      if (batch.length < BATCH) continue;
      await target.write(batch);
      batch = [];
    }
    await target.write(batch);
    await writeFormat(level);
    await witness.record(target.commit);
    return documents;
  } catch (cause) {
    throw fillingFailed(folder, cause);
  } finally {
    await closeAll(
      () => level.close(),
      () => witness?.close(),
    );
  }
}

/** Copies a consistent snapshot into an empty folder, which can then be opened as a store. */
export async function backup(bytes: Bytes, folder: string): Promise<{ files: number; documents: number }> {
  await emptyFolder(folder);
  const documents = await fill(folder, bytes.snapshot());
  return { files: (await readdir(folder)).length, documents };
}
