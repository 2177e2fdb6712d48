import type { Collection, Document } from 'mongodb';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fillingFailed } from '../embedded/failure.js';
import { emptyFolder } from '../empty-folder.js';
import type { Collections } from './collections.js';

/**
 * The documents as raw bytes from the database. Nothing is decoded and encoded again, so no value changes its type, as
 * it could in JSON.
 */
async function* bytes(collection: Collection<Document>, count: () => void): AsyncGenerator<Uint8Array> {
  for await (const document of collection.find({}, { raw: true, sort: { _id: 1 } })) {
    count();
    yield document as unknown as Uint8Array;
  }
}

/**
 * The order in which collections are read, so that none has what follows from a later state of one that was read
 * before: a snapshot follows from the log, both from their parts, and marks of data from the list of their paths
 * among the values. What moves to the archive is read later again. A restore leaves out the values that say what
 * holds for all instances.
 */
const ORDER = [
  'policySnapshots',
  'policies',
  'policyParts',
  'models',
  'users',
  'instances',
  'archive',
  'values',
  'audit',
  'locks',
] as const satisfies readonly (keyof Collections)[];

/**
 * Writes each collection to its own file of consecutive BSON documents, in the format of mongodump and
 * mongorestore.
 */
export async function backup(
  collections: Collections,
  folder: string,
): Promise<{ files: number; documents: number }> {
  await emptyFolder(folder);
  let documents = 0;
  const all = ORDER.map((name) => collections[name]);
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
