import type { AnyBulkWriteOperation, Document, MongoClient } from 'mongodb';
import { BadInput } from '../../core/errors.js';
import { decodeExactly, encode, sizeOf } from '../bson/codec.js';
import { CallLimits } from '../call-limits.js';
import type { Contents, Entry, Fields } from '../contents/contents.js';
import { nameOf } from '../contents/name-of.js';
import type { Part } from '../contents/parts.js';
import type { Place } from '../alive.js';
import { PRESENCE, usersOf } from '../presence.js';
import { collectionsOf, type Collections } from './collections.js';
import { connect, DEFAULT_TIMEOUT } from './connect.js';
import { asStoreError, isTooLarge } from './failure.js';
import { createIndexes } from './indexes.js';
import { MongoLocks } from './locks.js';
import type { MongoOptions } from './open-mongo.js';
import { MongoValues } from './values.js';

/** A key for any `_id`. */
const keyOf = (_id: unknown): string => Buffer.from(encode({ _id })).toString('base64');

const opened = (bytes: unknown): Entry => {
  const { length } = bytes as Uint8Array;
  return { document: decodeExactly<Fields>(bytes as Uint8Array), size: length };
};

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStoreError(error);
  }
}

/** A database as its documents. Nothing is decoded to JavaScript's own values, so no value changes its type. */
export class MongoContents implements Contents {
  private constructor(
    private readonly client: MongoClient,
    private readonly collections: Collections,
    private readonly limits: CallLimits,
    private readonly ping: () => Promise<unknown>,
  ) {}

  /** @throws BadInput `bad-configuration`; CouldNotTell `store-unavailable` */
  static async open({
    url,
    name,
    timeout = DEFAULT_TIMEOUT,
    collections = {},
  }: MongoOptions): Promise<MongoContents> {
    const client = await connect(url, timeout);
    const db = client.db(name);
    // No limit for a call: reading everything takes as long as there is data.
    const limits = new CallLimits();
    return new MongoContents(client, collectionsOf(db, collections, limits), limits, () =>
      db.command({ ping: 1 }),
    );
  }

  async *read(part: Part, skip = 0): AsyncGenerator<Entry> {
    try {
      const cursor = this.collections[part].find({}, { raw: true, sort: { _id: 1 }, skip });
      for await (const bytes of cursor) yield opened(bytes);
    } catch (error) {
      throw asStoreError(error);
    }
  }

  count(part: Part): Promise<number> {
    return told(() => this.collections[part].countDocuments({}));
  }

  find(part: Part, documents: readonly Fields[]): Promise<(Fields | undefined)[]> {
    return told(async () => {
      const wanted = documents.map(({ _id }) => _id);
      const found = new Map<string, Fields>();
      const cursor = this.collections[part].find({ _id: { $in: wanted as never[] } }, { raw: true });
      for await (const bytes of cursor) {
        const { document } = opened(bytes);
        found.set(keyOf(document._id), document);
      }
      return wanted.map((_id) => found.get(keyOf(_id)));
    });
  }

  write(part: Part, documents: readonly Fields[]): Promise<void> {
    const replaced = documents.map(({ _id, ...replacement }): AnyBulkWriteOperation<Document> => {
      // A sharded collection of instances needs its key in the filter.
      const key = part === 'instances' ? { id: replacement.id } : {};
      return { replaceOne: { filter: { _id: _id as never, ...key }, replacement, upsert: true } };
    });
    return told(async () => {
      await this.collections[part].bulkWrite(replaced, { ordered: false }).catch((error: unknown) => {
        throw isTooLarge(error) ? tooLarge(part, documents, error) : error;
      });
    });
  }

  remove(part: Part, documents: readonly Fields[]): Promise<void> {
    const ids = documents.map(({ _id }) => _id as never);
    return told(async () => void (await this.collections[part].deleteMany({ _id: { $in: ids } })));
  }

  usedBy(): Promise<string[]> {
    return told(async () => {
      const present = await new MongoValues(this.collections.values, PRESENCE).entries();
      const locks = await new MongoLocks(this.collections.locks).list();
      return usersOf(
        locks,
        present.map(([, place]) => place as Place),
      );
    });
  }

  install(): Promise<void> {
    return told(() => createIndexes(this.collections, this.limits, this.ping));
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** An embedded store keeps the large fields of an instance apart, so that it may hold more than a database. */
function tooLarge(part: Part, documents: readonly Fields[], cause: unknown): BadInput {
  const sized = documents.map((document) => ({ document, size: sizeOf(document) }));
  const [largest] = sized.sort((a, b) => b.size - a.size);
  const name = largest === undefined ? '' : ` ${nameOf(part, largest.document)}`;
  return new BadInput('too-large', `${part}:${name} exceeds the maximum size of a document in a database.`, {
    cause,
  });
}
