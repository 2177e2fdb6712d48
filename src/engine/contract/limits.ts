import type { GuardOptions } from './types.js';

/** What the work of a model may take where the options say nothing else. */
const DEFAULTS = { commandLimit: 300_000, stepLimit: 10_000, loopLimit: 1_000 } as const;

/** The limits of the work of a model. */
export const limitsOf = ({
  commandLimit = DEFAULTS.commandLimit,
  stepLimit = DEFAULTS.stepLimit,
  loopLimit = DEFAULTS.loopLimit,
}: GuardOptions): Record<keyof typeof DEFAULTS, number> => ({ commandLimit, stepLimit, loopLimit });
