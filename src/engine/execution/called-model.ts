import { GuardError, isGuardError } from '../../core/errors.js';
import { messageOf } from '../../core/thrown.js';
import { show } from '../../core/value.js';

/** How the host's error for a model without a start event begins. */
const NO_START = /No Start Node/;

function whyOf(error: unknown): string | undefined {
  if (!isGuardError(error)) return NO_START.test(messageOf(error)) ? 'has no start event' : undefined;
  if (error.code === 'not-found') return 'does not exist';
  return error.code === 'bad-model' ? 'cannot be run' : undefined;
}

/**
 * A missing model that a model calls, or one that cannot be started, is an error of the calling model: a caller who
 * completes a task must not be told that the task does not exist.
 * @param element the calling element; missing: named as the model
 */
export function failureOfModel(error: unknown, called: unknown, element = 'The model'): unknown {
  const why = whyOf(error);
  if (why === undefined) return error;
  const message = `${element}: the model ${show(called)} that it calls ${why}. Nothing was stored.`;
  return new GuardError('failed', message, { cause: error });
}
