import type { GuardError } from '../../core/errors.js';
import type { Adapter, StoredModel, StoredUser } from '../port.js';
import { EmbeddedAudit } from './audit.js';
import { backup } from './backup.js';
import type { OrderedBytes } from './bytes.js';
import { EmbeddedInstances } from './instances.js';
import { FolderBytes } from './folder-bytes.js';
import { EmbeddedLocks } from './locks.js';
import { MemoryBytes } from './memory-bytes.js';
import { EmbeddedModels } from './models.js';
import { ObjectIds } from '../bson/object-id.js';
import { EmbeddedPolicies } from './policies.js';
import { Turns } from '../turns.js';
import { Table } from './table.js';
import { EmbeddedUsers } from './users.js';
import { EmbeddedValues, type StoredValue } from './values.js';

type OfMedium = Pick<Adapter, 'kind' | 'ping' | 'onWritable'>;

/** Longest time for one query in milliseconds: its steps take as long when much has to come from a slow disk. */
const QUERY_TIMEOUT = 5000;

async function storeOn(
  bytes: OrderedBytes,
  medium: OfMedium,
  turns: Turns,
  cache?: number,
): Promise<Adapter> {
  const ids = new ObjectIds();
  const instances = new EmbeddedInstances(bytes, ids, turns, cache);
  const models = new Table<StoredModel>(bytes, 'model');
  const users = new Table<StoredUser>(bytes, 'user');
  const values = new Table<StoredValue>(bytes, 'value');
  for (const part of [instances, models, users, values]) await part.open();
  const named = new EmbeddedValues(values);
  return {
    ...medium,
    instances,
    models: new EmbeddedModels(models, ids, turns),
    users: new EmbeddedUsers(users),
    locks: new EmbeddedLocks(),
    audit: new EmbeddedAudit(bytes, ids, turns),
    policies: new EmbeddedPolicies(bytes),
    values: (namespace) => named.namespace(namespace),
    install: async () => undefined,
    missingIndexes: async () => [],
    backup: (folder) => backup(bytes, folder),
    close: () => bytes.close(),
  };
}

/** A store that lives as long as the process. */
export const openMemory = (): Promise<Adapter> =>
  storeOn(new MemoryBytes(), { kind: 'memory', ping: async () => undefined }, new Turns());

interface FolderOptions {
  readonly folder: string;
  readonly cache?: number | undefined;
  readonly queryTimeout?: number | undefined;
}

/**
 * A store in a folder that only this process uses.
 * @returns the store, and what tells whether it was found damaged since it was opened
 */
export async function openFolder({
  folder,
  cache,
  queryTimeout = QUERY_TIMEOUT,
}: FolderOptions): Promise<{ readonly store: Adapter; readonly fault: () => GuardError | undefined }> {
  const bytes = await FolderBytes.open(folder);
  try {
    const medium: OfMedium = {
      kind: 'embedded',
      ping: () => bytes.ping(),
      onWritable: (listener) => bytes.onWritable(listener),
    };
    return { store: await storeOn(bytes, medium, new Turns(queryTimeout), cache), fault: () => bytes.fault };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}
