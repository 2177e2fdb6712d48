import { GuardError } from '../core/errors.js';

const WRONG = 'A call of the store was wrong';

/** The error of a call whose arguments are wrong. @param why what is wrong, as a sentence without any data */
export const wrongCall = (why: string): GuardError => new GuardError('failed', `${WRONG}: ${why}`);

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
    ? new GuardError('failed', `${WRONG}: this is a mistake in the program.`, { cause: error })
    : undefined;
}
