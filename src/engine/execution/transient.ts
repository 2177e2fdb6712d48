import { Conflict, CouldNotTell, isGuardError } from '../../core/errors.js';

/** True when the store did not answer; a mistake that an adapter met in its arguments is none. */
export function isOutage(error: unknown): boolean {
  return isGuardError(error) && error.code === 'store-unavailable' && !(error.cause instanceof TypeError);
}

/** True for a failure that can pass by itself: an instance in use, a store that does not answer. */
export function isTransient(error: unknown): boolean {
  if (!isGuardError(error) || error.code === 'closed' || error.code === 'store-damaged') return false;
  return (
    error instanceof CouldNotTell ||
    (error instanceof Conflict && (error.code === 'busy' || error.code === 'conflict'))
  );
}
