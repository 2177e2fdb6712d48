import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { badConfiguration } from '../core/options.js';
import { PARTS } from './contents/parts.js';
import type { Source } from './contents/contents.js';
import { copyAll } from './contents/copy.js';
import { openSource, openTarget, type Lasting } from './contents/open-contents.js';
import { removeNote } from './contents/unfinished.js';
import { emptyFolder } from './empty-folder.js';
import { holdsStore } from './embedded/private-folder.js';
import { Dump } from './mongo/dump.js';
import { openStore, type StoreOptions } from './open.js';

/** The numbers of files and documents that a backup or a restore wrote. */
interface Copied {
  readonly files: number;
  readonly documents: number;
}

/** A backup of an embedded store is a store. */
async function restoreFolder(source: string, folder: string): Promise<Copied> {
  await emptyFolder(folder);
  const store = await openStore({ folder: source });
  try {
    return await store.backup(folder);
  } finally {
    await store.close();
  }
}

/** The number of documents of a backup; locks are not among them. */
async function countOf(source: Source): Promise<number> {
  const counts = await Promise.all(PARTS.map((part) => source.count(part)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Copies the documents of a backup into an empty store, which nobody can open until they are all there. */
async function fill(source: Source, from: string, store: Lasting): Promise<void> {
  const [target, note] = await openTarget(store, { what: 'restore', from, done: {} });
  try {
    await copyAll(source, target, note, {});
    await target.install();
    await removeNote(target);
  } finally {
    await target.close();
  }
}

async function opened(folder: string, target: Lasting): Promise<{ source: Source; files: number }> {
  if (holdsStore(folder))
    return { source: await openSource({ folder }), files: (await readdir(folder)).length };
  const source = await Dump.open(folder, 'url' in target ? target.collections : undefined);
  return { source, files: source.files };
}

/**
 * Restores a backup, of either kind of store, into an empty store of either kind. Locks are left out, because their
 * holders no longer exist.
 * @param folder the folder that `backup` wrote, or mongodump
 * @throws BadInput `bad-configuration` when it is not a backup, is damaged, or the target is not empty; nothing was
 *   written
 * @throws CouldNotTell `store-damaged` when it is the damaged backup of an embedded store
 */
export async function restore(folder: string, target: StoreOptions): Promise<Copied> {
  if (!existsSync(folder)) throw badConfiguration('There is no such backup.');
  if (!('folder' in target || 'url' in target))
    throw badConfiguration('A store in memory cannot be restored.');
  if ('folder' in target && holdsStore(folder)) return restoreFolder(folder, target.folder);
  const { source, files } = await opened(folder, target);
  try {
    await fill(source, path.resolve(folder), target);
    return { files, documents: await countOf(source) };
  } finally {
    await source.close();
  }
}
