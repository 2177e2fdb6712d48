import { BSONError } from 'bson';
import { CouldNotTell, isGuardError, type GuardError } from '../core/errors.js';
import {
  assertOptions,
  badConfiguration,
  checkedLater,
  count,
  needed,
  objectOf,
  oneOf,
  TEXT,
  type Options,
  type OptionsOf,
} from '../core/options.js';
import { openFolder, openMemory } from './embedded/open-embedded.js';
import { CallLimits } from './call-limits.js';
import { assertComplete } from './contents/unfinished.js';
import { damaged } from './embedded/checksum.js';
import { guarded } from './guarded.js';
import { DEFAULT_TIMEOUT } from './mongo/connect.js';
import { asStoreError } from './mongo/failure.js';
import { asMistake } from './mistake.js';
import { COLLECTION_NAMES } from './mongo/collections.js';
import { openMongo, type MongoOptions } from './mongo/open-mongo.js';
import type { Store } from './port.js';

/** A folder used by this process alone: development, demonstrations, small installations. */
export interface FolderOptions {
  /** Created if missing. */
  readonly folder: string;
  /** About how many bytes of memory the instances may take that were used last; default 64,000,000. */
  readonly cache?: number;
  /** Longest time in milliseconds for one query; default 5000. */
  readonly queryTimeout?: number;
}

/** A store that lives as long as the process: tests, first steps. */
export interface MemoryOptions {
  readonly memory: true;
}

const MONGO = {
  url: needed(TEXT),
  name: needed(TEXT),
  timeout: count('milliseconds'),
  collections: objectOf(Object.fromEntries(Object.keys(COLLECTION_NAMES).map((name) => [name, TEXT]))),
} satisfies OptionsOf<MongoOptions>;

/** The options of `openStore`, by the option that names the kind of store. */
export const STORE_OPTIONS = {
  url: MONGO,
  folder: {
    folder: needed(TEXT),
    cache: count('bytes of memory'),
    queryTimeout: count('milliseconds'),
  } satisfies OptionsOf<FolderOptions>,
  memory: { memory: needed(oneOf(true)) } satisfies OptionsOf<MemoryOptions>,
} as const;

type StoreKind = keyof typeof STORE_OPTIONS;

/** Checks that the options are those of one kind of store. @throws BadInput `bad-configuration` */
function assertOneKind(options: object): void {
  const all: Options = Object.assign({}, ...Object.values(STORE_OPTIONS)) as Options;
  const any = Object.fromEntries(Object.keys(all).map((name) => [name, checkedLater('')]));
  assertOptions('the store', options, any);
  const given = options as Partial<Record<StoreKind, unknown>>;
  const kinds = Object.keys(STORE_OPTIONS) as StoreKind[];
  const named = kinds.filter((name) => given[name] !== undefined);
  // Without one, as where an environment variable is not set, the other options tell which, and that it is missing.
  const meant = kinds.filter((name) =>
    Object.keys(options).some((one) => Object.hasOwn(STORE_OPTIONS[name], one)),
  );
  const [kind, ...more] = named.length > 0 ? named : meant;
  if (kind === undefined || more.length > 0)
    throw badConfiguration('The store is one of { url, name }, { folder } and { memory: true }.');
  assertOptions('the store', options, STORE_OPTIONS[kind]);
}

/** Options of one kind of store, without those that name another. */
type Only<Kind, Others extends StoreKind> = Kind & { readonly [name in Others]?: never };

/** Where the guard keeps its data: one of these three. Two together are refused, and do not compile. */
export type StoreOptions =
  | Only<MongoOptions, 'folder' | 'memory'>
  | Only<FolderOptions, 'url' | 'memory'>
  | Only<MemoryOptions, 'url' | 'folder'>;

function asEmbeddedError(error: unknown): GuardError {
  if (isGuardError(error)) return error;
  // Values that cannot be written are refused earlier as bad data, so this error comes from reading.
  if (error instanceof BSONError) return damaged('a stored document cannot be read', error);
  return (
    asMistake(error) ?? new CouldNotTell('store-unavailable', 'The store did not answer.', { cause: error })
  );
}

/**
 * Opens a store. Its methods throw GuardErrors only; failures that are not the caller's fault are CouldNotTell
 * `store-unavailable` with the reason as `cause`.
 * @throws BadInput `bad-configuration` when the options name no store, the driver is not installed, or a newer version
 *   wrote the folder
 * @throws CouldNotTell `store-in-use` when another process has opened the folder; `store-unavailable` when the database
 *   does not answer; `store-incomplete` while data is being moved or restored into it
 * @example
 * const store = await openStore({ folder: './data' });
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  assertOneKind(options);
  if (options.url !== undefined) {
    const limits = new CallLimits(options.timeout ?? DEFAULT_TIMEOUT);
    return complete(
      guarded(await opening(() => openMongo(options, limits), asStoreError), asStoreError, limits),
    );
  }
  const limits = new CallLimits();
  if (options.folder === undefined)
    return complete(guarded(await opening(openMemory, asEmbeddedError), asEmbeddedError, limits));
  const { store, fault } = await opening(() => openFolder(options), asEmbeddedError);
  return complete(guarded(store, asEmbeddedError, limits, fault));
}

/** Closes a store that is being filled, and refuses it. */
async function complete(store: Store): Promise<Store> {
  try {
    await assertComplete(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function opening<T>(open: () => Promise<T>, translate: (error: unknown) => GuardError): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw translate(error);
  }
}
