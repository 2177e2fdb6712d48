import { BadInput } from '../../core/errors.js';
import type { GuardOptions } from './types.js';

/** What the work of a model may take where the options say nothing else. */
const DEFAULTS = { commandLimit: 300_000, stepLimit: 10_000, loopLimit: 1_000 } as const;
/** The longest that setTimeout can hold, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

type Name = keyof typeof DEFAULTS;

/**
 * The limits of the work of a model.
 * @throws BadInput `bad-configuration` when one is not a whole number from 1 up
 */
export function limitsOf(options: GuardOptions): Record<Name, number> {
  const limit = (name: Name): number => {
    const value: unknown = options[name] ?? DEFAULTS[name];
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST)
      return value as number;
    throw new BadInput('bad-configuration', `${name} is a whole number from 1 to ${LONGEST}.`);
  };
  return {
    commandLimit: limit('commandLimit'),
    stepLimit: limit('stepLimit'),
    loopLimit: limit('loopLimit'),
  };
}
