import { EJSON } from 'bson';
import type { Collection, Document } from 'mongodb';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { emptyFolder } from '../empty-folder.js';
import type { Collections } from './collections.js';

async function* lines(collection: Collection<Document>, count: () => void): AsyncGenerator<string> {
  // Values are not made JavaScript's own, so that 1 and 1.0 stay what they are.
  for await (const document of collection.find({}, { promoteValues: false, promoteLongs: false, sort: { _id: 1 } })) {
    count();
    yield `${EJSON.stringify(document, { relaxed: false })}\n`;
  }
}

/** Writes each collection to a file of its own, a document in canonical extended JSON per line. */
export async function backup(collections: Collections, folder: string): Promise<{ files: number; documents: number }> {
  await emptyFolder(folder);
  let documents = 0;
  const all = Object.values(collections);
  for (const collection of all) {
    const file = path.join(folder, `${encodeURIComponent(collection.collectionName)}.ejsonl`);
    await pipeline(Readable.from(lines(collection, () => documents++)), createWriteStream(file, { flags: 'wx', flush: true, mode: 0o600 }));
  }
  return { files: all.length, documents };
}
