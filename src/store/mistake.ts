import { GuardError } from '../core/errors.js';

/** Errors that a program makes, and no store. By name, since they may come from another realm. */
const MISTAKES: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'AssertionError',
]);

/**
 * The error of a call that was wrong in itself: it fails again however often it is repeated, and says nothing of the
 * store. Undefined: it is none.
 */
export function asMistake(error: unknown): GuardError | undefined {
  return error instanceof Error && MISTAKES.has(error.name)
    ? new GuardError('failed', 'A call of the store was wrong: this is a mistake in the program.', {
        cause: error,
      })
    : undefined;
}
