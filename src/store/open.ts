import { BSONError } from 'bson';
import { BadInput, CouldNotTell, isGuardError, type GuardError } from '../core/errors.js';
import { openFolder, openMemory } from './embedded/open-embedded.js';
import { CallLimits } from './call-limits.js';
import { damaged } from './embedded/checksum.js';
import { guarded } from './guarded.js';
import { DEFAULT_TIMEOUT } from './mongo/connect.js';
import { asStoreError } from './mongo/failure.js';
import { asMistake } from './mistake.js';
import { openMongo, type MongoOptions } from './mongo/open-mongo.js';
import type { Adapter, Store } from './port.js';

/** A folder of this process alone: development, demonstrations, small installations. */
export interface FolderOptions {
  /** Made when it is not there. */
  readonly folder: string;
}

/** A store that lives as long as the process: tests, first steps. */
export interface MemoryOptions {
  readonly memory: true;
}

/** Where the guard keeps its data: one of the three. */
export type StoreOptions = MongoOptions | FolderOptions | MemoryOptions;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function asEmbeddedError(error: unknown): GuardError {
  if (isGuardError(error)) return error;
  // What cannot be written is refused as bad data before; this was read.
  if (error instanceof BSONError) return damaged('a stored document cannot be read', error);
  return (
    asMistake(error) ?? new CouldNotTell('store-unavailable', 'The store did not answer.', { cause: error })
  );
}

/**
 * Opens a store. Whatever its methods fail with is a GuardError; what is no fault of the caller's is CouldNotTell
 * `store-unavailable` with the reason as `cause`.
 * @throws BadInput `bad-configuration` when the options name no store, the driver is not installed, or the folder was
 *   written by a newer version
 * @throws CouldNotTell `store-in-use` when another process has opened the folder; `store-unavailable` when the database
 *   does not answer
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const given: Partial<MongoOptions & FolderOptions & { memory: unknown }> = options;
  const kinds = [given.url, given.folder, given.memory].filter((value) => value !== undefined);
  if (kinds.length === 1 && given.memory === true)
    return guarded(await opening(openMemory, asEmbeddedError), asEmbeddedError, new CallLimits());
  const { folder, url, name } = given;
  if (kinds.length === 1 && isText(folder))
    return guarded(
      await opening(() => openFolder(folder), asEmbeddedError),
      asEmbeddedError,
      new CallLimits(),
    );
  if (kinds.length === 1 && isText(url) && isText(name)) {
    const limits = new CallLimits(given.timeout ?? DEFAULT_TIMEOUT);
    return guarded(
      await opening(() => openMongo({ ...given, url, name }, limits), asStoreError),
      asStoreError,
      limits,
    );
  }
  throw new BadInput('bad-configuration', 'store takes one of {url, name}, {folder} and {memory: true}.');
}

async function opening(
  open: () => Promise<Adapter>,
  translate: (error: unknown) => GuardError,
): Promise<Adapter> {
  try {
    return await open();
  } catch (error) {
    throw translate(error);
  }
}
