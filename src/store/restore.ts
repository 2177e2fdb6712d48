import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { badConfiguration } from '../core/options.js';
import { PARTS } from './contents/parts.js';
import type { Source } from './contents/contents.js';
import { copyAll } from './contents/copy.js';
import { copyFolder, openCurrent } from './contents/copy-folder.js';
import { openSource, openTarget, type Lasting } from './contents/open-contents.js';
import { removeUnfinished } from './contents/unfinished.js';
import { holdsStore } from './embedded/private-folder.js';
import { Dump } from './mongo/dump.js';
import type { StoreOptions } from './open.js';

/** The numbers of files and documents that a backup or a restore wrote. */
interface Copied {
  readonly files: number;
  readonly documents: number;
}

/** The number of documents of a backup; locks are not among them. */
async function countOf(source: Source): Promise<number> {
  const counts = await Promise.all(PARTS.map((part) => source.count(part)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Copies the documents of a backup into an empty store, which nobody can open until they are all there. */
async function fill(source: Source, from: string, store: Lasting): Promise<void> {
  const [target, unfinished] = await openTarget(store, { what: 'restore', from, done: {} });
  try {
    await copyAll(source, target, unfinished, {});
    await target.install();
    // Data that was read meanwhile would mix two states.
    await source.assertUnchanged?.();
    await removeUnfinished(target);
  } finally {
    await target.close();
  }
}

interface Opened {
  readonly source: Source;
  readonly files: number;
  /** Removes what was made to read the backup. */
  readonly clear: () => Promise<void>;
}

/** The folder of a backup, or a copy of it in the current format, since the backup stays as it is. */
async function openFolder(folder: string): Promise<Opened> {
  const files = (await readdir(folder)).length;
  const current = await openCurrent(folder);
  if (current !== undefined) return { source: current, files, clear: async () => undefined };
  const at = await mkdtemp(path.join(tmpdir(), 'bpmn-guard-restore-'));
  const clear = (): Promise<void> => rm(at, { recursive: true, force: true });
  try {
    const copy = path.join(at, 'store');
    await copyFolder(folder, copy);
    return { source: await openSource({ folder: copy }), files, clear };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function opened(folder: string, target: Lasting): Promise<Opened> {
  if (holdsStore(folder)) return openFolder(folder);
  const source = await Dump.open(folder, target.url === undefined ? undefined : target.collections);
  return { source, files: source.files, clear: async () => undefined };
}

/**
 * Restores a backup, of either kind of store, into an empty store of either kind. Locks are left out, because their
 * holders no longer exist. The backup stays as it is, in its format.
 * @param folder the folder that `backup` wrote, or mongodump
 * @throws BadInput `bad-configuration` when it is not a backup, is damaged, or the target is not empty; nothing was
 *   written
 * @throws CouldNotTell `store-damaged` when it is the damaged backup of an embedded store
 */
export async function restore(folder: string, target: StoreOptions): Promise<Copied> {
  if (!existsSync(folder)) throw badConfiguration('There is no such backup.');
  if (target.folder === undefined && target.url === undefined)
    throw badConfiguration('A store in memory cannot be restored.');
  if (target.folder !== undefined && holdsStore(folder)) return copyFolder(folder, target.folder);
  const { source, files, clear } = await opened(folder, target);
  try {
    await fill(source, path.resolve(folder), target);
    return { files, documents: await countOf(source) };
  } finally {
    await source.close().finally(clear);
  }
}
