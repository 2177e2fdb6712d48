import { BadInput, Conflict, CouldNotTell, isGuardError, type GuardError } from '../../core/errors.js';

const DUPLICATE_KEY = 11000;
const TOO_LARGE: ReadonlySet<unknown> = new Set([10334, 17419, 17420]);

/** Fields of the driver's errors; read by name, so that a second copy of the driver does as well. */
interface DriverError {
  readonly code?: unknown;
  readonly name?: unknown;
}

export const isDuplicate = (error: unknown): boolean => (error as DriverError | null)?.code === DUPLICATE_KEY;

/**
 * What a failure of the driver means to the guard. Only refusals that are the caller's own are told apart: after all
 * else (a lost connection, a timeout, a primary that stepped down) it is not known whether a write was done.
 */
export function asStoreError(error: unknown): GuardError {
  if (isGuardError(error)) return error;
  const { code, name } = (error ?? {}) as DriverError;
  if (isDuplicate(error)) return new Conflict('conflict', 'It exists already.', { cause: error });
  if (TOO_LARGE.has(code) || (name === 'RangeError' && code === 'ERR_OUT_OF_RANGE')) return new BadInput('too-large', 'The document is larger than the database admits.', { cause: error });
  if (name === 'BSONError' || name === 'BSONVersionError') return new BadInput('bad-data', 'The data holds a value that cannot be stored.', { cause: error });
  return new CouldNotTell('store-unavailable', 'The database did not answer.', { cause: error });
}
