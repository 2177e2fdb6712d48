import { isGuardError, type GuardError } from '../../core/errors.js';
import { isError, propertyOf } from '../../core/thrown.js';

/** How many errors, those in errors included, are looked at. */
const MOST_ERRORS = 100;

/**
 * The refusal because of which an error was thrown: the error itself, or its cause at any depth. For several errors
 * in one, as of `Promise.any`, the first, if each has a refusal. Never throws.
 * @param known what was found in errors that were looked at; undefined while one is, which may contain itself
 */
export function refusalIn(
  error: unknown,
  known = new Map<unknown, GuardError | undefined>(),
): GuardError | undefined {
  if (isGuardError(error)) return error;
  if (!isError(error) || known.has(error)) return known.get(error);
  if (known.size === MOST_ERRORS) return undefined;
  known.set(error, undefined);
  const errors = propertyOf(error, 'errors');
  let found: GuardError | undefined;
  if (!Array.isArray(errors) || errors.length === 0) found = refusalIn(propertyOf(error, 'cause'), known);
  else if (errors.every((one: unknown) => refusalIn(one, known) !== undefined))
    found = refusalIn(errors[0], known);
  known.set(error, found);
  return found;
}
