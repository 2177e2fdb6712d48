import type { Collection, Document } from 'mongodb';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fillingFailed } from '../embedded/failure.js';
import { emptyFolder } from '../empty-folder.js';
import type { Collections } from './collections.js';

/**
 * Documents as the database has them: no value is read and written again, and none can pass for another, as
 * in JSON.
 */
async function* bytes(collection: Collection<Document>, count: () => void): AsyncGenerator<Uint8Array> {
  for await (const document of collection.find({}, { raw: true, sort: { _id: 1 } })) {
    count();
    yield document as unknown as Uint8Array;
  }
}

/**
 * Writes each collection to a file of its own, BSON documents one after the other, as mongodump does and
 * mongorestore reads.
 */
export async function backup(
  collections: Collections,
  folder: string,
): Promise<{ files: number; documents: number }> {
  await emptyFolder(folder);
  let documents = 0;
  const all = Object.values(collections);
  for (const collection of all) {
    const file = path.join(folder, `${encodeURIComponent(collection.collectionName)}.bson`);
    await pipeline(
      Readable.from(bytes(collection, () => documents++)),
      createWriteStream(file, { flags: 'wx', flush: true, mode: 0o600 }),
    ).catch((error: unknown) => {
      throw fillingFailed(folder, error);
    });
  }
  return { files: all.length, documents };
}
