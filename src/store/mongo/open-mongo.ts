import { within } from '../../core/within.js';
import type { CallLimits } from '../call-limits.js';
import type { Adapter } from '../port.js';
import { Turns } from '../turns.js';
import { OF_LIMIT } from './abortable.js';
import { MongoAudit } from './audit.js';
import { backup } from './backup.js';
import { collectionsOf, type CollectionNames } from './collections.js';
import { connect, DEFAULT_TIMEOUT } from './connect.js';
import { createIndexes, missingIndexes } from './indexes.js';
import { MongoInstances } from './instances.js';
import { MongoLocks } from './locks.js';
import { MongoModels } from './models.js';
import { MongoPolicies } from './policies.js';
import { MongoUsers } from './users.js';
import { MongoValues } from './values.js';

/** A MongoDB database, 5 or newer, with the host's own collections and those of this package. */
export interface MongoOptions {
  readonly url: string;
  /** Name of the database. */
  readonly name: string;
  /** Time limit for an answer of the database, in milliseconds; default 5000. */
  readonly timeout?: number | undefined;
  /** Names of collections that differ from the defaults. */
  readonly collections?: Partial<CollectionNames> | undefined;
}

/** @param limits of its calls, with the same timeout */
export async function openMongo(
  { url, name, timeout = DEFAULT_TIMEOUT, collections: names = {} }: MongoOptions,
  limits: CallLimits,
): Promise<Adapter> {
  const client = await connect(url, timeout);
  const db = client.db(name);
  const collections = collectionsOf(db, names, limits);
  // Rows that are tested here end like those that the server examines.
  const turns = new Turns(timeout * OF_LIMIT);
  const ping = async (): Promise<void> =>
    void (await db.command({ ping: 1 }, { ...(limits.signal && { signal: limits.signal }) }));
  return {
    kind: 'mongo',
    instances: new MongoInstances(collections, turns),
    models: new MongoModels(collections.models, turns),
    users: new MongoUsers(collections.users),
    locks: new MongoLocks(collections.locks),
    audit: new MongoAudit(collections.audit),
    policies: new MongoPolicies(collections),
    values: (namespace) => new MongoValues(collections.values, namespace),
    install: () => createIndexes(collections, limits, ping),
    missingIndexes: () => missingIndexes(collections),
    ping,
    backup: (folder) => backup(collections, folder),
    // Ends sessions at the server if it answers soon; otherwise it expires them itself.
    close: () => within(timeout, client.close(), () => undefined),
  };
}
