import { UsageError } from './io.js';

/**
 * A day in ISO 8601: its beginning, in UTC.
 * @param option the option that it belongs to
 * @throws UsageError
 */
export function dayOf(text: string, option: string): Date {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text) : undefined;
  // JavaScript reads the 31st of February as the 3rd of March.
  if (date === undefined || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text))
    throw new UsageError(`${option} must be a date, such as 2030-12-31`);
  return date;
}
