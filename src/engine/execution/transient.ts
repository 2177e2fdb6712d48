import { Conflict, CouldNotTell, isGuardError } from '../../core/errors.js';

/** True when the store did not answer; a mistake that an adapter met in its arguments is none. */
export function isOutage(error: unknown): boolean {
  return isGuardError(error) && error.code === 'store-unavailable' && !(error.cause instanceof TypeError);
}

/** What does not pass by itself. */
const LASTING: ReadonlySet<string> = new Set(['closed', 'store-damaged', 'could-not-tell']);

/** True for a failure that can pass by itself: an instance in use, a store that does not answer. */
export function isTransient(error: unknown): boolean {
  if (!isGuardError(error) || LASTING.has(error.code)) return false;
  return (
    error instanceof CouldNotTell ||
    (error instanceof Conflict && (error.code === 'busy' || error.code === 'conflict'))
  );
}
