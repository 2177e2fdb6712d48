import { BadInput, CouldNotTell, GuardError, isGuardError } from '../../core/errors.js';
import { damaged } from './checksum.js';

/** System messages about failed writes, and the codes that they stand for. */
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

/** A file name of the folder in an error message. */
const FILE =
  /(?:^|[/\\ '])(store\.db(?:-wal)?|CURRENT|LOCK|COMMITTED|MANIFEST-\d+|\d+\.(?:ldb|log|sst|dbtmp))(?=[:'\s]|$)/;

/** An error and its causes, outermost first. */
function* chain(error: unknown): Generator<{ code?: unknown; message?: unknown }> {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause)
    yield at;
}

const has = (error: unknown, codes: RegExp): boolean =>
  [...chain(error)].some(({ code }) => typeof code === 'string' && codes.test(code));

/** The system code of a disk failure; undefined for other errors. */
export function reasonOf(error: unknown): string | undefined {
  for (const { code, message } of chain(error)) {
    const found = REASONS.find(([words, name]) => code === name || words.test(String(message)));
    if (found !== undefined) return found[1];
  }
  return undefined;
}

/** The file name in an error message, without its path, which callers must not see. */
function fileIn(error: unknown): string | undefined {
  for (const { message } of chain(error)) {
    const found = FILE.exec(String(message))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Codes of the databases. */
const OF_DATABASE = /^(LEVEL|SQLITE)_/;
const ENDED = /^SQLITE_ENDED/;
const LOCKED = /^(LEVEL_LOCKED|SQLITE_BUSY)/;
const CORRUPT = /^(LEVEL_CORRUPTION|SQLITE_CORRUPT|SQLITE_NOTADB)/;

function unreadable(cause: unknown): GuardError {
  const file = fileIn(cause);
  const engine = has(cause, /^LEVEL_/) ? 'LevelDB' : 'SQLite';
  return damaged(
    file === undefined ? `${engine} cannot read its files` : `${engine} cannot read its file ${file}`,
    cause,
  );
}

/**
 * Translates an error of opening a folder.
 * @param what the failed action, as the beginning of a sentence
 */
export function openingFailed(cause: unknown, what = 'The folder of the store cannot be opened'): GuardError {
  if (isGuardError(cause)) return cause;
  const file = fileIn(cause);
  if (has(cause, LOCKED))
    return new CouldNotTell('store-in-use', 'The folder of the store is open in another process.', { cause });
  if (has(cause, CORRUPT)) return unreadable(cause);
  const reason = reasonOf(cause);
  const why = [file, reason].filter(Boolean).join(': ');
  const message = `${what}${why && ` (${why})`}.`;
  // No setting is wrong: opening works again when there is space.
  if (reason === 'ENOSPC' || reason === 'EDQUOT' || reason === 'EIO' || has(cause, ENDED))
    return new CouldNotTell('store-unavailable', message, { cause });
  return new BadInput('bad-configuration', message, { cause });
}

/** Adds the folder to an error, for the administrator who starts the process. Its callers must not see paths. */
export function inFolder(folder: string, error: GuardError): GuardError {
  const [message, options] = [`${folder}: ${error.message}`, { cause: error.cause }];
  if (error instanceof BadInput) return new BadInput(error.code, message, options);
  return error instanceof CouldNotTell
    ? new CouldNotTell(error.code, message, options)
    : new GuardError(error.code, message, options);
}

/** Translates an error of writing; programming mistakes are returned unchanged. */
export function writingFailed(cause: unknown): unknown {
  if (isGuardError(cause)) return cause;
  if (has(cause, CORRUPT)) return unreadable(cause);
  const reason =
    reasonOf(cause) ?? (has(cause, OF_DATABASE) ? 'the database of its folder failed' : undefined);
  return reason === undefined
    ? cause
    : new CouldNotTell('store-unavailable', `The store cannot write (${reason}).`, { cause });
}

/** Translates an error of writing a copy; adds the folder of the copy if it is the one that cannot be written. */
export function fillingFailed(folder: string, cause: unknown): unknown {
  const error = writingFailed(cause);
  return error !== cause && isGuardError(error) ? inFolder(folder, error) : error;
}

/** Translates an error of reading. */
export function readingFailed(cause: unknown): unknown {
  return has(cause, CORRUPT) ? unreadable(cause) : cause;
}
