import { readdir } from 'node:fs/promises';
import { emptyFolder } from '../empty-folder.js';
import type { Bytes, Change } from './bytes.js';
import { CheckedBytes } from './checked-bytes.js';
import { closeAll } from './close-all.js';
import { fillingFailed, inFolder, openingFailed } from './failure.js';
import { FORMAT_VERSION, writeFormat } from './format.js';
import { sizeOf } from './groups.js';
import { SqliteBytes } from './sqlite/sqlite-bytes.js';
import { Witness } from './witness.js';

/** Maximum number of values of a commit, and their size in bytes. */
const BATCH = { values: 1000, bytes: 4_000_000 };

/** The values in parts, each of which is written at once. */
async function* batches(values: AsyncIterable<Change>): AsyncGenerator<Change[]> {
  let batch: Change[] = [];
  let size = 0;
  for await (const change of values) {
    if (change.space === 'format') continue;
    batch.push(change);
    size += sizeOf([change]);
    if (batch.length < BATCH.values && size < BATCH.bytes) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function open(folder: string): Promise<SqliteBytes> {
  try {
    return await SqliteBytes.open(folder);
  } catch (cause) {
    throw inFolder(folder, openingFailed(cause));
  }
}

/** The spaces whose values are not documents. */
const PARTS: readonly string[] = ['large', 'index'];

/**
 * Writes values into an empty folder, which becomes a store with the last one.
 * @param version the format of the values
 * @param beforeLast throws if the values are not to become a store
 * @returns the number of documents
 */
export async function fill(
  folder: string,
  values: AsyncIterable<Change>,
  version = FORMAT_VERSION,
  beforeLast: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const bytes = await open(folder);
  let witness: Witness | undefined;
  try {
    const target = new CheckedBytes(bytes);
    // Without a format, the folder is not a store: from now on it is an interrupted backup.
    await target.write([]);
    let documents = 0;
    for await (const batch of batches(values)) {
      documents += batch.filter(({ space }) => !PARTS.includes(space)).length;
      await target.write(batch);
    }
    await beforeLast();
    // The last write makes it a store.
    witness = await Witness.open(folder);
    await witness.record(target.commit);
    await writeFormat(bytes, version);
    return documents;
  } catch (cause) {
    throw fillingFailed(folder, cause);
  } finally {
    await closeAll(
      () => bytes.close(),
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
