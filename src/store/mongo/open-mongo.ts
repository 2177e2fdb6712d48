import type { Store } from '../port.js';
import { MongoAudit } from './audit.js';
import { backup } from './backup.js';
import { collectionsOf, type CollectionNames } from './collections.js';
import { connect, DEFAULT_TIMEOUT } from './connect.js';
import { createIndexes, missingIndexes } from './indexes.js';
import { MongoInstances } from './instances.js';
import { MongoLocks } from './locks.js';
import { MongoModels } from './models.js';
import { MongoUsers } from './users.js';
import { MongoValues } from './values.js';

/** A MongoDB database, 5 or newer: the host's own collections, and three of ours beside them. */
export interface MongoOptions {
  readonly url: string;
  /** Name of the database. */
  readonly name: string;
  /** How long the database may take to answer, in milliseconds; default 5000. */
  readonly timeout?: number | undefined;
  /** Names of collections, where they are not the defaults. */
  readonly collections?: Partial<CollectionNames> | undefined;
}

export async function openMongo({ url, name, timeout = DEFAULT_TIMEOUT, collections: names = {} }: MongoOptions): Promise<Store> {
  const client = await connect(url, timeout);
  const db = client.db(name);
  const collections = collectionsOf(db, names);
  return {
    kind: 'mongo',
    instances: new MongoInstances(collections),
    models: new MongoModels(collections.models),
    users: new MongoUsers(collections.users),
    locks: new MongoLocks(collections.locks),
    audit: new MongoAudit(collections.audit),
    values: (namespace) => new MongoValues(collections.values, namespace),
    install: () => createIndexes(collections),
    missingIndexes: () => missingIndexes(collections),
    ping: async () => void (await db.command({ ping: 1 })),
    backup: (folder) => backup(collections, folder),
    close: () => client.close(),
  };
}
