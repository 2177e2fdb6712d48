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

/** What opening a folder failed with. */
export function openingFailed(cause: unknown): GuardError {
  if (isGuardError(cause)) return cause;
  const file = fileIn(cause);
  if (has(cause, 'LEVEL_LOCKED'))
    return new CouldNotTell('store-in-use', 'The folder of the store is open in another process.', { cause });
  if (has(cause, 'LEVEL_CORRUPTION')) return unreadable(cause);
  const reason = reasonOf(cause);
  const why = [file, reason].filter(Boolean).join(': ');
  const message = `The folder of the store cannot be opened${why && ` (${why})`}.`;
  // Nobody's settings are wrong: it passes when there is space.
  if (reason === 'ENOSPC' || reason === 'EDQUOT' || reason === 'EIO')
    return new CouldNotTell('store-unavailable', message, { cause });
  return new BadInput('bad-configuration', message, { cause });
}

/** What writing failed with; a mistake of this package stays what it is. */
export function writingFailed(cause: unknown): unknown {
  if (isGuardError(cause)) return cause;
  const reason = reasonOf(cause) ?? (ofDatabase(cause) ? 'the database of its folder failed' : undefined);
  return reason === undefined
    ? cause
    : new CouldNotTell('store-unavailable', `The store cannot write (${reason}).`, { cause });
}

/** What reading failed with. */
export function readingFailed(cause: unknown): unknown {
  return has(cause, 'LEVEL_CORRUPTION') ? unreadable(cause) : cause;
}
