import { BadInput, CouldNotTell, isGuardError, type GuardError } from '../../core/errors.js';
import { damaged } from './checksum.js';

/** Words by which the system tells why a file cannot be written, and the codes that stand for them. */
const REASONS: readonly (readonly [words: RegExp, code: string])[] = [
  [/No space left on device/i, 'ENOSPC'],
  [/Disk quota exceeded/i, 'EDQUOT'],
  [/File too large/i, 'EFBIG'],
  [/Read-only file system/i, 'EROFS'],
  [/Permission denied/i, 'EACCES'],
  [/Too many open files/i, 'EMFILE'],
  [/Input\/output error/i, 'EIO'],
  [/Operation not permitted/i, 'EPERM'],
  [/Not a directory/i, 'ENOTDIR'],
  [/Is a directory/i, 'EISDIR'],
  [/File already exists/i, 'EEXIST'],
];

/** A file of the folder in a message, at its end or before what is said of it. */
const FILE = /(?:^|[/\\ '])(CURRENT|LOCK|COMMITTED|MANIFEST-\d+|\d+\.(?:ldb|log|sst|dbtmp))(?=[:'\s]|$)/;

/** An error and what caused it, outermost first. */
function* chain(error: unknown): Generator<{ code?: unknown; message?: unknown }> {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause)
    yield at;
}

const has = (error: unknown, code: string): boolean => [...chain(error)].some((one) => one.code === code);

const ofDatabase = (error: unknown): boolean =>
  [...chain(error)].some(({ code }) => typeof code === 'string' && code.startsWith('LEVEL_'));

/** Why the disk failed, as a code of the system; undefined when it was not the disk. */
export function reasonOf(error: unknown): string | undefined {
  for (const { code, message } of chain(error)) {
    const found = REASONS.find(([words, name]) => code === name || words.test(String(message)));
    if (found !== undefined) return found[1];
  }
  return undefined;
}

/** The file of the folder that an error names; none of the path, which is not for callers. */
function fileIn(error: unknown): string | undefined {
  for (const { message } of chain(error)) {
    const found = FILE.exec(String(message))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function unreadable(cause: unknown): GuardError {
  const file = fileIn(cause);
  return damaged(
    file === undefined ? 'LevelDB cannot read its files' : `LevelDB cannot read its file ${file}`,
    cause,
  );
}

/**
 * What opening a folder failed with.
 * @param what did not work, as the beginning of a sentence
 */
export function openingFailed(cause: unknown, what = 'The folder of the store cannot be opened'): GuardError {
  if (isGuardError(cause)) return cause;
  const file = fileIn(cause);
  if (has(cause, 'LEVEL_LOCKED'))
    return new CouldNotTell('store-in-use', 'The folder of the store is open in another process.', { cause });
  if (has(cause, 'LEVEL_CORRUPTION')) return unreadable(cause);
  const reason = reasonOf(cause);
  const why = [file, reason].filter(Boolean).join(': ');
  const message = `${what}${why && ` (${why})`}.`;
  // Nobody's settings are wrong: it passes when there is space.
  if (reason === 'ENOSPC' || reason === 'EDQUOT' || reason === 'EIO')
    return new CouldNotTell('store-unavailable', message, { cause });
  return new BadInput('bad-configuration', message, { cause });
}

/**
 * What opening a folder again failed with, in a process that had it open: its settings were right, and it passes when
 * the folder is again what it was.
 */
export function reopeningFailed(cause: unknown): GuardError {
  const error = openingFailed(cause);
  return error instanceof BadInput ? new CouldNotTell('store-unavailable', error.message, { cause }) : error;
}

/** The error with its folder, for who starts the process. Callers of one that runs learn of no path. */
export function inFolder(folder: string, error: GuardError): GuardError {
  const Kind = error instanceof BadInput ? BadInput : CouldNotTell;
  return new Kind(error.code, `${folder}: ${error.message}`, { cause: error.cause });
}

/** What writing failed with; a mistake of this package stays what it is. */
export function writingFailed(cause: unknown): unknown {
  if (isGuardError(cause)) return cause;
  const reason = reasonOf(cause) ?? (ofDatabase(cause) ? 'the database of its folder failed' : undefined);
  return reason === undefined
    ? cause
    : new CouldNotTell('store-unavailable', `The store cannot write (${reason}).`, { cause });
}

/** What writing a copy failed with: with the folder of the copy, where it is that one that cannot be written. */
export function fillingFailed(folder: string, cause: unknown): unknown {
  const error = writingFailed(cause);
  return error !== cause && isGuardError(error) ? inFolder(folder, error) : error;
}

/** What reading failed with. */
export function readingFailed(cause: unknown): unknown {
  return has(cause, 'LEVEL_CORRUPTION') ? unreadable(cause) : cause;
}
