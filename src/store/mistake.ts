import { GuardError } from '../core/errors.js';

/** Names of errors caused by mistakes in a program, not by a store; errors of another realm fail `instanceof`. */
const MISTAKES: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'AssertionError',
]);

/**
 * Returns the error of an invalid call: it fails however often it is repeated, and does not mean that the store is
 * unavailable. Undefined for any other error.
 */
export function asMistake(error: unknown): GuardError | undefined {
  return error instanceof Error && MISTAKES.has(error.name)
    ? new GuardError('failed', 'A call of the store was wrong: this is a mistake in the program.', {
        cause: error,
      })
    : undefined;
}
