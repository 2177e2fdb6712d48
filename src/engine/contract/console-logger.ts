import type { GuardLogger } from './types.js';

const printed =
  (level: 'warn' | 'error') =>
  (message: string, facts?: Record<string, unknown>): void =>
    console[level]('bpmn-guard:', message, ...(facts === undefined ? [] : [facts]));

/**
 * The default logger: writes warnings and errors to standard error, since a refusal or failure that nobody hears of
 * looks as if nothing had happened. Drops informational messages.
 */
export const consoleLogger: GuardLogger = Object.freeze({
  info: () => undefined,
  warn: printed('warn'),
  error: printed('error'),
});
