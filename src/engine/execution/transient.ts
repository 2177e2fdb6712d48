import { Conflict, CouldNotTell, isGuardError } from '../../core/errors.js';

/** True if the store did not answer. An invalid call has another code. */
export function isOutage(error: unknown): boolean {
  return isGuardError(error) && error.code === 'store-unavailable';
}

/** Failures that do not pass by themselves. */
const LASTING: ReadonlySet<string> = new Set(['closed', 'store-damaged', 'could-not-tell']);

/** True for a failure that may pass by itself: an instance in use, a store that does not answer. */
export function isTransient(error: unknown): boolean {
  if (!isGuardError(error) || LASTING.has(error.code)) return false;
  // The guard's own queries are cheap: one that exceeded its limit met a busy moment.
  return (
    error instanceof CouldNotTell ||
    error.code === 'too-expensive' ||
    (error instanceof Conflict && (error.code === 'busy' || error.code === 'conflict'))
  );
}
