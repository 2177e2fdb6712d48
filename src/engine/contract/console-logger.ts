import type { GuardLogger } from './types.js';

/**
 * The logger of a guard that is given none: warnings and errors on standard error, since a refusal or failure that
 * nobody hears of looks as if nothing had happened. What merely informs is left out.
 */
export const consoleLogger: GuardLogger = Object.freeze({
  info: () => undefined,
  warn: (message: string, facts?: Record<string, unknown>) =>
    facts === undefined ? console.warn('bpmn-guard:', message) : console.warn('bpmn-guard:', message, facts),
  error: (message: string, facts?: Record<string, unknown>) =>
    facts === undefined
      ? console.error('bpmn-guard:', message)
      : console.error('bpmn-guard:', message, facts),
});
