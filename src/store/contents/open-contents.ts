import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { CouldNotTell } from '../../core/errors.js';
import { badConfiguration } from '../../core/options.js';
import { emptyFolder } from '../empty-folder.js';
import { EmbeddedContents } from '../embedded/contents.js';
import { holdsStore } from '../embedded/private-folder.js';
import { MongoContents } from '../mongo/contents.js';
import type { MemoryOptions, StoreOptions } from '../open.js';
import type { MongoOptions } from '../mongo/open-mongo.js';
import type { Contents } from './contents.js';
import { PARTS } from './parts.js';
import { incomplete, isUnfinished, readUnfinished, writeUnfinished, type Unfinished } from './unfinished.js';

/** A store that outlives its process. */
export type Lasting = Exclude<StoreOptions, MemoryOptions>;

/** The servers and the database of a URL, without user, password and options. */
function withoutLogin({ url, name }: MongoOptions): string {
  const rest = url.replace(/^[\w+]+:\/\//, '');
  const [authority = ''] = rest.split(/[/?]/, 1);
  // A password may contain a slash that is not escaped.
  const whole = authority.includes('@') ? authority : rest;
  const [servers = ''] = whole.slice(whole.lastIndexOf('@') + 1).split(/[/?]/, 1);
  return `mongodb://${servers}/${name}`;
}

/** The name of a store, the same however its options are written; without a password. */
export async function placeOf(store: Lasting): Promise<string> {
  if (store.url !== undefined) return withoutLogin(store);
  return realpath(store.folder).catch(() => path.resolve(store.folder));
}

const open = (store: Lasting): Promise<Contents> =>
  store.url !== undefined ? MongoContents.open(store) : EmbeddedContents.open(store.folder);

/** @throws CouldNotTell `store-in-use` when a process uses the store */
export async function assertUnused(store: Contents, which: 'source' | 'target'): Promise<void> {
  const users = await store.usedBy();
  if (users.length > 0)
    throw new CouldNotTell('store-in-use', `The ${which} is in use by ${users.join(', ')}: stop it first.`);
}

/**
 * Opens the store to read from.
 * @throws BadInput `bad-configuration` when it is not a store
 * @throws CouldNotTell `store-in-use`; `store-incomplete` when it is itself being filled
 */
export async function openSource(store: Lasting): Promise<Contents> {
  if (store.folder !== undefined && !holdsStore(store.folder))
    throw badConfiguration(`There is no store in ${store.folder}.`);
  const source = await open(store);
  try {
    await assertUnused(source, 'source');
    const unfinished = await readUnfinished(source);
    if (unfinished !== undefined) throw incomplete(unfinished);
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function assertEmpty(target: Contents): Promise<void> {
  for (const part of PARTS) {
    for await (const { document } of target.read(part))
      if (!isUnfinished(part, document))
        throw badConfiguration(`The target is not empty: it contains ${part}.`);
  }
}

/**
 * Opens the store to write to. From then on it is refused to everybody else, until `removeUnfinished`.
 * @param wanted what is to be copied into it
 * @returns the store, and the note in it: that of an earlier call, if it was the same move
 * @throws BadInput `bad-configuration` when it contains other data, or the beginning of another move or restore
 * @throws CouldNotTell `store-in-use`
 */
export async function openTarget(store: Lasting, wanted: Unfinished): Promise<[Contents, Unfinished]> {
  if (store.folder !== undefined && !holdsStore(store.folder)) await emptyFolder(store.folder);
  const target = await open(store);
  try {
    const unfinished = await readUnfinished(target);
    if (unfinished === undefined) {
      await assertUnused(target, 'target');
      await assertEmpty(target);
      await writeUnfinished(target, wanted);
    } else if (
      wanted.what === 'restore' ||
      unfinished.what !== wanted.what ||
      unfinished.from !== wanted.from
    )
      throw badConfiguration(
        `The target is not empty: it contains the beginning of a ${unfinished.what} from ${unfinished.from}.`,
      );
    return [target, unfinished ?? wanted];
  } catch (error) {
    await target.close();
    throw error;
  }
}
