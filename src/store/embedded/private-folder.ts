import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.js';
import { DATABASE } from './sqlite/names.js';

const FOLDER = 0o700;
const FILE = 0o600;
/** The files that the package writes: those of the database, and the witness. */
const OURS = /^(store\.db(-wal|-journal|-probe)?|COMMITTED)$/;
/** Those of LevelDB, as formats 1 and 2 have them: all, and those that contain a database. */
const OF_LEVEL = /^(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(ldb|log|sst|dbtmp))$/;
const LEVEL = /^(CURRENT|MANIFEST-\d+|\d+\.(ldb|log|sst))$/;
/** What it creates beside them while it changes the format, and the subfolder with the files of a damaged store. */
const BESIDE = /^(as-found|format-\d+(-from-\d+)?(\.partial|\.ready|\.moving|\.lock(-wal)?)?)$/;
/** The file of each database that makes a folder a store. */
const MARKS = [DATABASE, 'CURRENT'];

/** The subfolders for converting a folder to a newer format. */
export interface Step {
  /** The newer format when it is complete. */
  readonly ready: string;
  /** The same while it replaces the older one. */
  readonly moving: string;
  /** The older files. */
  readonly old: string;
}

/** Its lock keeps other processes out meanwhile. */
export const STEP_LOCK = 'format-3.lock';
/** The folder in the current format while it is written. */
export const PARTIAL = 'format-3.partial';
/** The same when it is complete. @param from the format of the folder */
export const ready = (from: number): string => `format-3-from-${from}.ready`;

/** The first step is that of an earlier version of the package, which may have been interrupted. */
export const STEPS: readonly Step[] = [
  { ready: 'format-2.ready', moving: 'format-2.moving', old: 'format-1' },
  { ready: ready(1), moving: 'format-3.moving', old: 'format-1' },
  { ready: ready(2), moving: 'format-3.moving', old: 'format-2' },
];

export const isMark = (file: string): boolean => MARKS.includes(file);
export const isOfLevel = (file: string): boolean => LEVEL.test(file);
export const isOurs = (file: string): boolean => OURS.test(file) || OF_LEVEL.test(file);

/** True when the folder already contains a store, possibly during a migration to the current format. */
export const holdsStore = (folder: string): boolean =>
  [...MARKS, ...STEPS.flatMap((step) => [step.ready, step.moving])].some((name) =>
    existsSync(path.join(folder, name)),
  );

/** Without file permissions, or if another user owns the folder, it stays unchanged. */
const ifAllowed = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

/**
 * Creates a folder that only its owner may enter, because it contains password hashes and sessions. The permissions of
 * an existing one are restricted too, unless it contains files other than those of a store.
 */
export async function privateFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const files = await readdir(folder).catch(() => ['?']);
  if (files.every((file) => isOurs(file) || BESIDE.test(file))) await ifAllowed(chmod(folder, FOLDER));
}

/** Restricts the files of the package to their owner, because they are created with the umask of the process. */
export async function privateFiles(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  await Promise.all(files.filter(isOurs).map((file) => ifAllowed(chmod(path.join(folder, file), FILE))));
}
