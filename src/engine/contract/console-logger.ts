import type { GuardLogger } from './types.js';

const printed =
  (level: 'warn' | 'error') =>
  (message: string, facts?: Record<string, unknown>): void =>
    console[level]('bpmn-guard:', message, ...(facts === undefined ? [] : [facts]));

/**
 * The logger of a guard that is given none: warnings and errors on standard error, since a refusal or failure that
 * nobody hears of looks as if nothing had happened. What merely informs is left out.
 */
export const consoleLogger: GuardLogger = Object.freeze({
  info: () => undefined,
  warn: printed('warn'),
  error: printed('error'),
});
