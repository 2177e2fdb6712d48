import { GuardError, isGuardError } from '../../core/errors.js';
import { show } from '../../core/show.js';

/**
 * A missing model that a model calls is an error of the calling model: a caller who completes a task must not be
 * told that the task does not exist.
 * @param element the calling element; missing: named as the model
 */
export function failureOfModel(error: unknown, called: unknown, element = 'The model'): unknown {
  if (!isGuardError(error) || (error.code !== 'not-found' && error.code !== 'bad-model')) return error;
  const why = error.code === 'not-found' ? 'does not exist' : 'cannot be run';
  const message = `${element}: the model ${show(called)} that it calls ${why}. Nothing was stored.`;
  return new GuardError('failed', message, { cause: error });
}
