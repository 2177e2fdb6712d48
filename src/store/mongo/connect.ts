import type * as Driver from 'mongodb';
import type { MongoClient } from 'mongodb';
import { BadInput, CouldNotTell } from '../../core/errors.js';
import { loadOptional, notUsable } from '../optional-package.js';
import { withoutPlaces } from './failure.js';

/** How long the database may take to answer, in milliseconds. */
export const DEFAULT_TIMEOUT = 5000;

const PACKAGE = { name: 'mongodb', version: 7, neededBy: 'A store with a url' };

/**
 * The driver. Where it was left out, Node finds bpmn-server's own, of version 3: it has no `appendMetadata`.
 * @throws BadInput `bad-configuration` when it is not installed, or is too old
 */
export async function loadDriver(): Promise<typeof Driver> {
  const driver = await loadOptional(PACKAGE, () => import('mongodb'));
  if (!('appendMetadata' in driver.MongoClient.prototype))
    throw notUsable(PACKAGE, 'is not installed (an older version is)');
  return driver;
}

/**
 * Connects to a server. Its URL may hold a password: no message repeats it.
 * @throws BadInput `bad-configuration` when the driver is not installed or the URL is none
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
      // Each call has its own limit and takes its connection with it; this is for what no call waits for any more.
      socketTimeoutMS: 2 * timeout,
      waitQueueTimeoutMS: timeout,
      ignoreUndefined: false,
      // Revisions and locks are worth what a new primary still knows of them; a secondary would show what was revoked.
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } catch (cause) {
    throw new BadInput('bad-configuration', 'The url of the store is not a MongoDB URL.', {
      cause: withoutPlaces(cause),
    });
  }
}
