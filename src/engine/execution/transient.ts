import { Conflict, CouldNotTell, isGuardError } from '../../core/errors.js';

/** True when the store did not answer; a call that was wrong in itself has another code. */
export function isOutage(error: unknown): boolean {
  return isGuardError(error) && error.code === 'store-unavailable';
}

/** What does not pass by itself. */
const LASTING: ReadonlySet<string> = new Set(['closed', 'store-damaged', 'could-not-tell']);

/** True for a failure that can pass by itself: an instance in use, a store that does not answer. */
export function isTransient(error: unknown): boolean {
  if (!isGuardError(error) || LASTING.has(error.code)) return false;
  // The queries of the guard's own work are cheap: one that was not fell on a busy moment.
  return (
    error instanceof CouldNotTell ||
    error.code === 'too-expensive' ||
    (error instanceof Conflict && (error.code === 'busy' || error.code === 'conflict'))
  );
}
