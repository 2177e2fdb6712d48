import type { Collection, Document } from 'mongodb';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../core/errors.js';
import { CallLimits } from '../call-limits.js';
import { COLLECTION_NAMES, type CollectionNames } from './collections.js';
import { connect, DEFAULT_TIMEOUT, loadDriver } from './connect.js';
import { createIndexes } from './indexes.js';
import { collectionsOf } from './collections.js';
import { asStoreError } from './failure.js';
import type { MongoOptions } from './open-mongo.js';

const EXTENSION = '.bson';
/** Bytes per batch: well below the 48 MB limit of a message. */
const BATCH = 8 * 1024 * 1024;
/** Maximum size of a document in the database, with some room for its own fields. */
const LARGEST = 17 * 1024 * 1024;

const bad = (message: string, cause?: unknown): BadInput =>
  new BadInput('bad-configuration', message, cause === undefined ? {} : { cause });

/** The documents of a file, as bytes, one after the other. @throws BadInput when the file is truncated */
async function* documentsOf(file: string): AsyncGenerator<Buffer> {
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    while (left.length >= 4) {
      const size = left.readInt32LE(0);
      if (size < 5 || size > LARGEST) throw bad(`The backup is damaged: ${path.basename(file)}.`);
      if (left.length < size) break;
      yield left.subarray(0, size);
      left = left.subarray(size);
    }
  }
  if (left.length > 0) throw bad(`The backup is damaged: ${path.basename(file)} ends within a document.`);
}

/** Calls `work` with the documents of a file, in batches. */
async function inBatches(file: string, work: (documents: Buffer[]) => Promise<void>): Promise<number> {
  let [batch, bytes, count]: [Buffer[], number, number] = [[], 0, 0];
  for await (const document of documentsOf(file)) {
    batch.push(Buffer.from(document));
    bytes += document.length;
    count++;
    if (bytes < BATCH) continue;
    await work(batch);
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) await work(batch);
  return count;
}

/** The files of a backup, by collection. @throws BadInput when it is not a backup */
async function filesOf(source: string, names: CollectionNames): Promise<[keyof CollectionNames, string][]> {
  const files = (await readdir(source)).filter((file) => file.endsWith(EXTENSION));
  const found = Object.entries(names).map(
    ([of, name]) => [of, `${encodeURIComponent(name)}${EXTENSION}`] as const,
  );
  const strange = files.find((file) => !found.some(([, name]) => name === file));
  if (strange !== undefined) throw bad(`The backup contains a file of an unknown collection: ${strange}.`);
  if (!files.includes(`${encodeURIComponent(names.instances)}${EXTENSION}`))
    throw bad('The folder contains no backup of a database.');
  return found
    .filter(([, file]) => files.includes(file))
    .map(([of, file]) => [of as keyof CollectionNames, path.join(source, file)]);
}

/**
 * Restores a backup of `backup` or mongodump into a database whose collections are all empty. Locks are skipped,
 * because their holders no longer exist.
 * @throws BadInput `bad-configuration` when it is not a backup, is damaged, or the database is not empty
 */
export async function restoreDatabase(
  source: string,
  { url, name, timeout = DEFAULT_TIMEOUT, collections: given = {} }: MongoOptions,
): Promise<{ files: number; documents: number }> {
  const names = { ...COLLECTION_NAMES, ...given };
  const files = await filesOf(source, names);
  // All files are read once before anything is written: half a backup would look like a complete one.
  for (const [, file] of files) await inBatches(file, async () => undefined);
  const { BSON } = await loadDriver();
  const client = await connect(url, timeout);
  try {
    const db = client.db(name);
    for (const collection of Object.values(names))
      if ((await db.collection(collection).findOne({}, { projection: { _id: 1 } })) !== null)
        throw bad(`The database is not empty: ${collection} contains documents.`);
    let documents = 0;
    // Keep BSON types: no number, date or string is converted to a JavaScript value.
    const read = (bytes: Buffer): Document =>
      BSON.deserialize(bytes, { promoteValues: false, promoteLongs: false, bsonRegExp: true });
    for (const [of, file] of files.filter(([which]) => which !== 'locks')) {
      const target: Collection<Document> = db.collection(names[of]);
      documents += await inBatches(file, async (batch) => void (await target.insertMany(batch.map(read))));
    }
    const limits = new CallLimits();
    await createIndexes(
      collectionsOf(db, given, limits),
      limits,
      async () => void (await db.command({ ping: 1 })),
    );
    return { files: files.length, documents };
  } catch (error) {
    throw error instanceof BadInput ? error : asStoreError(error);
  } finally {
    await client.close();
  }
}
