import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { damaged } from '../checksum.js';
import { openingFailed } from '../failure.js';
import { WITNESS } from '../witness.js';
import { readLog } from './log-file.js';
import { liveFiles, type LiveFiles } from './manifest.js';
import { tableFault } from './table-file.js';

const TABLE = /^(\d+)\.(?:ldb|sst)$/;
const LOG = /^(\d+)\.log$/;
const POINTER = /^(MANIFEST-\d+)\n$/;

/** A required file is missing. This may be temporary while another process has the folder open. */
class Missing extends Error {}

/** @returns undefined when the file is missing. @throws GuardError naming the file when it cannot be read */
async function read(folder: string, file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path.join(folder, file));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw openingFailed(error);
  }
}

const numbered = (names: readonly string[], pattern: RegExp): { file: string; number: number }[] =>
  names
    .flatMap((file) => {
      const number = pattern.exec(file)?.[1];
      return number === undefined ? [] : [{ file, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);

/** Reads the manifest, and reports a place that is either damaged or was left by a process that died. */
async function readManifest(
  folder: string,
  manifest: string,
): Promise<{ live: LiveFiles; suspect: string | undefined }> {
  const bytes = await read(folder, manifest);
  if (bytes === undefined) throw new Missing(`its file CURRENT names ${manifest}, which is missing`);
  const { records, fault } = readLog(bytes);
  const live = liveFiles(records);
  const where = fault && `${manifest} is not what was written from byte ${fault.at} on`;
  if (live === undefined || fault?.isTorn === false) throw damaged(where ?? `${manifest} is not complete`);
  return { live, suspect: where };
}

async function checkTables(folder: string, names: readonly string[], live: LiveFiles): Promise<void> {
  const files = new Map(numbered(names, TABLE).map(({ file, number }) => [number, file]));
  for (const [number, size] of live.tables) {
    const file = files.get(number) ?? `${String(number).padStart(6, '0')}.ldb`;
    const table = await read(folder, file);
    if (table === undefined) throw new Missing(`its table ${file} is missing`);
    const fault = table.length === size ? tableFault(table) : `it has ${table.length} bytes, not ${size}`;
    if (fault !== undefined) throw damaged(`its table ${file} is not what was written: ${fault}`);
  }
}

async function suspectLogs(folder: string, names: readonly string[], live: LiveFiles): Promise<string[]> {
  const logs = numbered(names, LOG).filter(({ number }) => number >= live.log || number === live.previousLog);
  const suspects: string[] = [];
  if (!logs.some(({ number }) => number === live.log))
    suspects.push(`${String(live.log).padStart(6, '0')}.log is missing`);
  for (const { file } of logs) {
    const fault = readLog((await read(folder, file)) ?? Buffer.alloc(0)).fault;
    if (fault !== undefined) suspects.push(`${file} is not what was written from byte ${fault.at} on`);
  }
  return suspects.length > 0
    ? suspects
    : logs.map(({ file }) => `${file} is whole, and may be of an earlier time`);
}

async function checkOnce(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const current = await read(folder, 'CURRENT');
  if (current === undefined) {
    if (names.some((file) => file === WITNESS || TABLE.test(file) || LOG.test(file)))
      throw new Missing('its file CURRENT is missing');
    return [];
  }
  const manifest = POINTER.exec(current.toString('latin1'))?.[1];
  if (manifest === undefined) throw damaged('its file CURRENT is not what was written');
  const { live, suspect } = await readManifest(folder, manifest);
  await checkTables(folder, names, live);
  const logs = await suspectLogs(folder, names, live);
  return suspect === undefined ? logs : [suspect, ...logs];
}

/**
 * Compares the files of a folder with their checksums before LevelDB opens it. LevelDB ends the process at some kinds
 * of damage, and silently drops the data behind others. Reads all files, one after the other.
 * @returns places that are either damaged or were left by a process that died while writing; report them if values are
 *   missing
 * @throws CouldNotTell `store-damaged` naming the file; the error of `openingFailed` for a file that cannot be read
 */
export async function checkFiles(folder: string): Promise<readonly string[]> {
  for (let tries = 3; ; tries--)
    try {
      return await checkOnce(folder);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      if (tries === 1) throw damaged(error.message);
      await pause(50);
    }
}
