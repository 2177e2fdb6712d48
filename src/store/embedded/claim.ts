import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { CouldNotTell } from '../../core/errors.js';
import { DATABASE } from './sqlite/names.js';

const CLAIMED = Symbol.for('bpmn-guard.folders');
/** The files whose locks keep other processes out: those of SQLite, and of LevelDB in older folders. */
const LOCKED = [DATABASE, 'LOCK'];
/** The open files of this process, on systems that list them as links. */
const OPEN_FILES = '/proc/self/fd';

/**
 * The folders that this thread has open, through any copy of the package. Not a module variable, because the system's
 * lock on a folder belongs to the process.
 */
function claimed(): Set<string> {
  const holder = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  return (holder[CLAIMED] ??= new Set());
}

/**
 * True when any thread of this process has the file open; threads do not share variables. Not every system can
 * tell.
 */
async function isOpenHere(file: string): Promise<boolean> {
  const identity = async (at: string): Promise<string | undefined> =>
    stat(at, { bigint: true }).then(
      ({ dev, ino }) => `${dev} ${ino}`,
      () => undefined,
    );
  const wanted = await identity(file);
  if (wanted === undefined) return false;
  const open = await readdir(OPEN_FILES).catch(() => []);
  return (await Promise.all(open.map((name) => identity(path.join(OPEN_FILES, name))))).includes(wanted);
}

/**
 * Claims an existing folder for one store of this process. The database's own lock is not enough: a second attempt by
 * the same process closes the locked file, and POSIX then releases the lock that keeps other processes out.
 * @returns a function that releases the claim
 * @throws CouldNotTell `store-in-use` when another store of this process has it open
 */
export async function claim(folder: string): Promise<() => void> {
  const real = await realpath(folder);
  const all = claimed();
  const inUse = (where: string): CouldNotTell =>
    new CouldNotTell('store-in-use', `The folder of the store is already open in ${where}.`);
  if (all.has(real)) throw inUse('this process');
  all.add(real);
  const release = (): void => void all.delete(real);
  const areOpen = await Promise.all(LOCKED.map((file) => isOpenHere(path.join(real, file))));
  if (!areOpen.includes(true)) return release;
  release();
  // A process starts with open files inherited from its parent.
  throw inUse('this process or in the one that started it');
}
