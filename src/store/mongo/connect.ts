import type * as Driver from 'mongodb';
import type { MongoClient } from 'mongodb';
import { BadInput, CouldNotTell } from '../../core/errors.js';
import { loadOptional, notUsable } from '../optional-package.js';
import { withoutPlaces } from './failure.js';

/** Time limit for an answer of the database, in milliseconds. */
export const DEFAULT_TIMEOUT = 5000;

const PACKAGE = { name: 'mongodb', version: 7, neededBy: 'A store with a url' };

/**
 * Loads the driver. If it is not installed, Node finds bpmn-server's version 3, which has no `appendMetadata`.
 * @throws BadInput `bad-configuration` when it is not installed, or is too old
 */
async function loadDriver(): Promise<typeof Driver> {
  const driver = await loadOptional(PACKAGE, () => import('mongodb'));
  if (!('appendMetadata' in driver.MongoClient.prototype))
    throw notUsable(PACKAGE, 'is not installed (an older version is)');
  return driver;
}

/**
 * Connects to a server. Error messages omit the URL, because it may contain a password.
 * @throws BadInput `bad-configuration` when the driver is not installed or the URL is invalid
 * @throws CouldNotTell `store-unavailable` when no server answers in time
 */
export async function connect(url: string, timeout: number): Promise<MongoClient> {
  const { MongoClient: Client } = await loadDriver();
  const client = clientFor(Client, url, timeout);
  try {
    return await client.connect();
  } catch (cause) {
    await client.close().catch(() => undefined);
    throw new CouldNotTell('store-unavailable', 'The database could not be reached.', {
      cause: withoutPlaces(cause),
    });
  }
}

function clientFor(Client: typeof MongoClient, url: string, timeout: number): MongoClient {
  try {
    return new Client(url, {
      serverSelectionTimeoutMS: timeout,
      connectTimeoutMS: timeout,
      // Each call has its own limit and aborts its connection; this limit applies when no call is waiting any more.
      socketTimeoutMS: 2 * timeout,
      waitQueueTimeoutMS: timeout,
      ignoreUndefined: false,
      // Revisions and locks must survive a failover, and a secondary could return revoked rights.
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } catch (cause) {
    throw new BadInput('bad-configuration', 'The url of the store is not a MongoDB URL.', {
      cause: withoutPlaces(cause),
    });
  }
}
