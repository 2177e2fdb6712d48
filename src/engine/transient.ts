import { Conflict, CouldNotTell, isGuardError } from '../core/errors.js';

/** How long to wait before something that failed only for the moment is tried again, in milliseconds. */
export const TRY_AGAIN_AFTER = 2000;

/** True for a failure that can pass by itself: an instance in use, a store that does not answer. */
export function isTransient(error: unknown): boolean {
  if (!isGuardError(error) || error.code === 'closed') return false;
  return error instanceof CouldNotTell || (error instanceof Conflict && (error.code === 'busy' || error.code === 'conflict'));
}
