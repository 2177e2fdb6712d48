import { CouldNotTell } from '../../core/errors.js';
import { decode, encode } from '../bson/codec.js';
import type { Store } from '../port.js';
import type { Contents, Fields } from './contents.js';
import type { Part } from './parts.js';

const NAMESPACE = 'guard';
const KEY = 'unfinished';

/** What is being copied into a store. Stored in it from before the first document until after the last. */
export interface Unfinished {
  readonly what: 'move' | 'restore';
  /** The source; names no user and no password. */
  readonly from: string;
  /** How many documents of the source have been copied. */
  readonly done: Readonly<Partial<Record<Part, number>>>;
}

const place: Fields = Object.freeze({
  _id: JSON.stringify([NAMESPACE, KEY]),
  namespace: NAMESPACE,
  key: KEY,
});

/** True for the note itself, which is not part of the data. */
export const isUnfinished = (part: Part, { _id }: Fields): boolean => part === 'values' && _id === place._id;

/** Reads the note of a store that is being filled; undefined for any other store. */
export async function readUnfinished(store: Contents): Promise<Unfinished | undefined> {
  const [found] = await store.find('values', [place]);
  return found && (decode<Fields>(encode(found)).value as Unfinished);
}

export const writeUnfinished = (store: Contents, value: Unfinished): Promise<void> =>
  store.write('values', [{ ...place, value, expires: null }]);

export const removeUnfinished = (store: Contents): Promise<void> => store.remove('values', [place]);

/** The error for a store that is being filled. */
export const incomplete = ({ what }: Unfinished): CouldNotTell =>
  new CouldNotTell(
    'store-incomplete',
    what === 'move'
      ? 'Data is being moved into this store, and not all of it has arrived: run bpmn-guard move again to continue.'
      : 'A backup is being restored into this store, or was and did not end: empty the store and restore it again.',
  );

/**
 * Refuses a store that is being filled by a move or a restore: data that has not arrived yet would look missing.
 * @throws CouldNotTell `store-incomplete`
 */
export async function assertComplete(store: Pick<Store, 'values'>): Promise<void> {
  const unfinished = (await store.values(NAMESPACE).get(KEY)) as Unfinished | undefined;
  if (unfinished !== undefined) throw incomplete(unfinished);
}
