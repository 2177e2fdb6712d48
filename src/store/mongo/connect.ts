import type * as Driver from 'mongodb';
import type { MongoClient } from 'mongodb';
import { BadInput, CouldNotTell } from '../../core/errors.js';
import { withoutPlaces } from './failure.js';

/** How long the database may take to answer, in milliseconds. */
export const DEFAULT_TIMEOUT = 5000;

async function loadDriver(): Promise<typeof Driver> {
  try {
    return await import('mongodb');
  } catch (cause) {
    throw new BadInput(
      'bad-configuration',
      'A store with a url needs the package mongodb (7): npm install mongodb',
      { cause },
    );
  }
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
