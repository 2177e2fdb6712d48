import { existsSync } from 'node:fs';
import { readStore } from '../engine/contract/environment.js';
import { holdsStore } from '../store/embedded/private-folder.js';
import type { MongoOptions } from '../store/mongo/open-mongo.js';
import { openStore, type FolderOptions, type StoreOptions } from '../store/open.js';
import type { Store } from '../store/port.js';
import { NotDone, UsageError, type Io } from './io.js';

/** Default name of the database. */
const DATABASE = 'bpmn';

interface Given {
  readonly url?: string | undefined;
  readonly name?: string | undefined;
  readonly folder?: string | undefined;
}

/** The store named by the options, otherwise by the environment. @throws UsageError if neither names one */
export function storeOptions(given: Given, env: Io['env']): StoreOptions {
  const { url, name, folder } = given;
  if (url !== undefined && folder !== undefined) throw new UsageError('Name one store: --url or --folder');
  if (name !== undefined && folder !== undefined)
    throw new UsageError('--name goes with a URL: a folder holds one store');
  const environment = readStore(env);
  if (folder !== undefined) return { folder };
  if (url !== undefined) return { url, name: name ?? environment.name ?? DATABASE };
  if (environment.url !== undefined)
    return { url: environment.url, name: name ?? environment.name ?? DATABASE };
  if (environment.folder !== undefined) return { folder: environment.folder };
  throw new UsageError('No store: give --url and --name, or --folder, or set MONGO_DB_URL or DATA_DIR');
}

/** The beginning of a URL of a database, and the database that it names. */
const DATABASE_URL = /^mongodb(\+srv)?:\/\//;
const NAME_IN_URL = /^[^/?]*\/([^?]+)/;

/**
 * The store that one argument names: a URL with the name of the database, the variable MONGO_DB_URL or DATA_DIR, or a
 * folder.
 * @throws UsageError if the variable is not set
 */
export function storeNamed(argument: string, env: Io['env']): FolderOptions | MongoOptions {
  const { url, name, folder } = readStore(env);
  const unset = (variable: string): UsageError => new UsageError(`${variable} is not set`);
  if (argument === 'DATA_DIR') {
    if (folder === undefined) throw unset(argument);
    return { folder };
  }
  const fromEnvironment = argument === 'MONGO_DB_URL';
  if (fromEnvironment && url === undefined) throw unset(argument);
  const place = fromEnvironment ? (url as string) : argument;
  if (!DATABASE_URL.test(place)) return { folder: place };
  const [, named] = NAME_IN_URL.exec(place.replace(DATABASE_URL, '').replace(/^.*@/s, '')) ?? [];
  return { url: place, name: (fromEnvironment ? name : undefined) ?? named ?? DATABASE };
}

/**
 * Opens the store, runs the work and always closes the store.
 * @param make allows an embedded store to be created; otherwise a missing or empty folder is an error
 */
export async function withStore<T>(
  given: Given,
  io: Io,
  work: (store: Store) => Promise<T>,
  make = false,
): Promise<T> {
  const options = storeOptions(given, io.env);
  if (options.folder !== undefined && !make && !existsSync(options.folder))
    throw new NotDone(`There is no folder ${options.folder}; bpmn-guard install creates one`);
  if (options.folder !== undefined && !make && !holdsStore(options.folder))
    throw new NotDone(`There is no store in ${options.folder}; bpmn-guard install creates one`);
  const store = await openStore(options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
