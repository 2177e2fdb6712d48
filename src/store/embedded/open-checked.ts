import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { CouldNotTell } from '../../core/errors.js';
import { badConfiguration } from '../../core/options.js';
import { addIndex } from './add-index.js';
import { keepLog } from './as-found.js';
import { CheckedBytes } from './checked-bytes.js';
import { damaged } from './checksum.js';
import { closeAll } from './close-all.js';
import { openingFailed } from './failure.js';
import { FORMAT_VERSION, readFormat, UNINDEXED, writeFormat } from './format.js';
import type { Examination } from './examination.js';
import { isUnfinished, migrate } from './migrate.js';
import { DATABASE, LOG } from './sqlite/names.js';
import { SqliteBytes } from './sqlite/sqlite-bytes.js';
import { Witness, WITNESS } from './witness.js';

export interface Opened {
  readonly checked: CheckedBytes;
  readonly witness: Witness;
  /** An examination of all values that is yet to be made; missing: it was made. */
  readonly examination: Examination | undefined;
  /** The format of the values. */
  readonly version: number;
}

export interface OpenOptions {
  /**
   * Bytes up to which all of a folder is examined before it is used. A larger one is examined meanwhile, and refused
   * as damaged from the moment on that damage is found.
   */
  readonly examinedFirst?: number;
  /** Leaves the values and their format as they are. A folder may only be read then, an older one without its index. */
  readonly keepsFormat?: boolean;
  /** Writes nothing into the folder, whose database has no log. */
  readonly isReadOnly?: boolean;
}

/** Bytes of a folder up to which all values are examined before it is used. */
const EXAMINED_FIRST = 64_000_000;

const sizeIn = async (folder: string, file: string): Promise<number | undefined> =>
  (await stat(path.join(folder, file)).catch(() => undefined))?.size;

/** The bytes of the files, and the same in words for an error about damage that is found later. */
async function sizes(folder: string): Promise<{ readonly total: number; readonly says: string }> {
  const [database = 0, log] = [await sizeIn(folder, DATABASE), await sizeIn(folder, LOG)];
  const ofLog = log === undefined ? `there is no ${LOG}` : `${LOG} has ${log}`;
  return { total: database + (log ?? 0), says: `${DATABASE} has ${database} bytes, ${ofLog}` };
}

/** @throws CouldNotTell `store-damaged` when the database is missing or empty: SQLite would create a new one */
async function assertThere(folder: string): Promise<void> {
  const size = await sizeIn(folder, DATABASE);
  if (size !== undefined && size > 0) return;
  if (existsSync(path.join(folder, WITNESS)) || ((await sizeIn(folder, LOG)) ?? 0) > 0)
    throw damaged(`its file ${DATABASE} is ${size === undefined ? 'missing' : 'empty'}`);
}

/** Gives an empty database the current format, unless it is only read. @returns its format */
async function prepare(folder: string, bytes: SqliteBytes, keepsFormat: boolean): Promise<number> {
  const version = await readFormat(bytes);
  if (version !== undefined) return version;
  if (existsSync(path.join(folder, WITNESS))) throw damaged(`its file ${DATABASE} has lost all values`);
  if (!keepsFormat) await writeFormat(bytes);
  return FORMAT_VERSION;
}

async function check(
  folder: string,
  bytes: SqliteBytes,
  isSmall: boolean,
  keepsFormat: boolean,
  toClose: (() => unknown)[],
): Promise<Opened> {
  const version = await prepare(folder, bytes, keepsFormat);
  const checked = new CheckedBytes(bytes);
  const isIndexed = version > UNINDEXED;
  // Before an older format is changed, all of it is known to be right.
  const isFirst = isSmall || !isIndexed;
  if (isFirst) await checked.check(isIndexed);
  else if (!(await checked.open())) throw damaged('the record of its last commit is missing');
  const witness = await (keepsFormat ? Witness.look(folder) : Witness.open(folder));
  toClose.push(() => witness.close());
  witness.compare(checked.commit);
  if (!keepsFormat) await witness.record(checked.commit);
  if (!isIndexed && !keepsFormat) {
    await addIndex(checked, witness);
    await writeFormat(bytes);
  }
  const examination = isFirst ? undefined : checked.examine(true);
  return { checked, witness, examination, version: keepsFormat ? version : FORMAT_VERSION };
}

/** @throws BadInput `bad-configuration` when the folder has a format that only migrating can read */
export async function assertReadable(folder: string): Promise<void> {
  if (await isUnfinished(folder))
    throw badConfiguration(
      'The folder has format 1 or 2, or was interrupted while it was brought to a newer one. Open it as a store ' +
        'once: all of it is examined then, and its files are kept.',
    );
}

/**
 * Opens a folder. A folder of an older format is brought to the current one. All of a small one is examined. Damage is
 * refused with the name of the file; the log is kept in a subfolder, since closing the database would remove it.
 */
export async function openChecked(
  folder: string,
  { examinedFirst = EXAMINED_FIRST, keepsFormat = false, isReadOnly = false }: OpenOptions = {},
): Promise<Opened> {
  if (!keepsFormat) await migrate(folder);
  await assertThere(folder);
  const found = await sizes(folder);
  const isSmall = found.total <= examinedFirst;
  const keep = (): Promise<void> => (keepsFormat ? Promise.resolve() : keepLog(folder));
  const bytes = await SqliteBytes.open(folder, keep, isSmall, isReadOnly);
  const toClose: (() => unknown)[] = [() => bytes.close()];
  try {
    return await check(folder, bytes, isSmall, keepsFormat, toClose);
  } catch (cause) {
    const error = openingFailed(cause);
    const isDamaged = error.code === 'store-damaged';
    if (isDamaged) await keep();
    await closeAll(...toClose).catch(() => undefined);
    if (!isDamaged) throw cause;
    const message = `${error.message.replace(/\.$/, '')} (${found.says}).`;
    throw new CouldNotTell('store-damaged', message, { cause: error.cause });
  }
}
