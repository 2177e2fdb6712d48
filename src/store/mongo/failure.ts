import { BadInput, Conflict, CouldNotTell, GuardError, isGuardError } from '../../core/errors.js';
import { asMistake } from '../mistake.js';

const DUPLICATE_KEY = 11000;
/** MaxTimeMSExpired: the server exceeded the time limit that the query set. */
const OUT_OF_TIME = 50;
/** Server codes for an invalid query: BadValue, FailedToParse, TypeMismatch, and the like. */
const REFUSED: ReadonlySet<unknown> = new Set([2, 9, 14, 15, 16, 40, 52, 55, 72, 73, 168, 51091]);
/** Errors of the driver for calls that it does not send. */
const UNSENT: ReadonlySet<unknown> = new Set(['MongoInvalidArgumentError', 'MongoCompatibilityError']);
const WRONG = 'A call of the store was wrong: this is a mistake in the program.';
const BAD_VALUE = 2;
const PATH_NOT_VIABLE = 28;
const TOO_LARGE: ReadonlySet<unknown> = new Set([10334, 17419, 17420]);

/** Fields of the driver's errors; read by name, so that errors of a second copy of the driver work too. */
interface DriverError {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly codeName?: unknown;
  readonly cause?: unknown;
}

/** True for a call that fails again however often it is repeated. */
const isRefusedQuery = (error: unknown): boolean => {
  const { code, name } = (error ?? {}) as DriverError;
  return UNSENT.has(name) || (name === 'MongoServerError' && REFUSED.has(code));
};
/** True when the database or its driver found a document too large. */
export function isTooLarge(error: unknown): boolean {
  const { code, name } = (error ?? {}) as DriverError;
  return (
    TOO_LARGE.has(code) ||
    (name === 'RangeError' && code === 'ERR_OUT_OF_RANGE') ||
    (name === 'MongoInvalidArgumentError' && /larger than the maximum size/.test((error as Error).message))
  );
}

/** True when a value was pushed to a field that is not a list, as another program may leave it. */
export const isNoList = (error: unknown): boolean => (error as DriverError | null)?.code === BAD_VALUE;

/** True when an update led into a value that has no such fields. */
export const isOtherShape = (error: unknown): boolean =>
  (error as DriverError | null)?.code === PATH_NOT_VIABLE;

export const isDuplicate = (error: unknown): boolean => (error as DriverError | null)?.code === DUPLICATE_KEY;

/**
 * The cause of a failure, safe for logs: messages of the driver contain host names, those of a server contain data.
 * Only class and codes remain.
 */
export function withoutPlaces(error: unknown): unknown {
  const { name, code, codeName, cause } = (error ?? {}) as DriverError;
  if (
    !(error instanceof Error) ||
    typeof name !== 'string' ||
    !(name.startsWith('Mongo') || /^E[A-Z]+$/.test(String(code)))
  )
    return error;
  const below = cause === undefined ? undefined : withoutPlaces(cause);
  const words = [name, code, codeName].filter((word) => typeof word === 'string' || typeof word === 'number');
  const said = new Error(words.join(' '), below instanceof Error ? { cause: below } : undefined);
  delete said.stack;
  return said;
}

/**
 * Translates a failure of the driver. Only refusals caused by the caller get their own code: after any other failure (a
 * lost connection, a timeout, a primary that stepped down) it is unknown whether a write was done.
 */
export function asStoreError(error: unknown): GuardError {
  if (isGuardError(error)) return error;
  const { code, name } = (error ?? {}) as DriverError;
  const cause = withoutPlaces(error);
  if (isTooLarge(error))
    return new BadInput('too-large', 'The document exceeds the maximum size of the database.', { cause });
  const mistake =
    asMistake(error) ?? (isRefusedQuery(error) ? new GuardError('failed', WRONG, { cause }) : undefined);
  if (mistake !== undefined) return mistake;
  if (code === OUT_OF_TIME)
    return new BadInput('too-expensive', 'The query takes longer than allowed: ask for less.', { cause });
  if (isDuplicate(error)) return new Conflict('conflict', 'It already exists.', { cause });
  if (name === 'BSONError' || name === 'BSONVersionError')
    return new BadInput('bad-data', 'The data contains a value that cannot be stored.', { cause });
  return new CouldNotTell('store-unavailable', 'The database did not answer.', { cause });
}
