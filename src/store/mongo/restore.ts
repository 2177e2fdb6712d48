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
/** What is sent at once, in bytes: well below the 48 MB that a message may have. */
const BATCH = 8 * 1024 * 1024;
/** Of one document, as the database limits it, with some room for its own fields. */
const LARGEST = 17 * 1024 * 1024;

const bad = (message: string, cause?: unknown): BadInput =>
  new BadInput('bad-configuration', message, cause === undefined ? {} : { cause });

/** The documents of a file, one after the other, each as its bytes. @throws BadInput where it is torn */
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

/** Calls the work with the documents of a file, in batches. */
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

/** The files of a backup by the collection that each is of. @throws BadInput when it is no backup */
async function filesOf(source: string, names: CollectionNames): Promise<[keyof CollectionNames, string][]> {
  const files = (await readdir(source)).filter((file) => file.endsWith(EXTENSION));
  const found = Object.entries(names).map(
    ([of, name]) => [of, `${encodeURIComponent(name)}${EXTENSION}`] as const,
  );
  const strange = files.find((file) => !found.some(([, name]) => name === file));
  if (strange !== undefined)
    throw bad(`The backup has a file of a collection that is not known: ${strange}.`);
  if (!files.includes(`${encodeURIComponent(names.instances)}${EXTENSION}`))
    throw bad('The folder holds no backup of a database.');
  return found
    .filter(([, file]) => files.includes(file))
    .map(([of, file]) => [of as keyof CollectionNames, path.join(source, file)]);
}

/**
 * Reads what `backup` wrote, or mongodump, into a database in which none of the collections holds anything. Locks are
 * left out: who held them is gone.
 * @throws BadInput `bad-configuration` when it is no backup, is damaged, or the database is not empty
 */
export async function restoreDatabase(
  source: string,
  { url, name, timeout = DEFAULT_TIMEOUT, collections: given = {} }: MongoOptions,
): Promise<{ files: number; documents: number }> {
  const names = { ...COLLECTION_NAMES, ...given };
  const files = await filesOf(source, names);
  // All is read once before anything is written: half a backup would look like a whole one.
  for (const [, file] of files) await inBatches(file, async () => undefined);
  const { BSON } = await loadDriver();
  const client = await connect(url, timeout);
  try {
    const db = client.db(name);
    for (const collection of Object.values(names))
      if ((await db.collection(collection).findOne({}, { projection: { _id: 1 } })) !== null)
        throw bad(`The database is not empty: ${collection} holds documents.`);
    let documents = 0;
    // Every number, date and text keeps its kind: none is made a value of JavaScript on the way.
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
