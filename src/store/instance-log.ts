import type { LogLines } from './port.js';

export const NO_LINES: LogLines = { lines: [], most: 1 };

/** @throws TypeError when lines are to be added to a log that is set as a whole by the same write */
export function assertOneLog(fields: Readonly<Record<string, unknown>>, { lines }: LogLines): void {
  if (lines.length > 0 && Object.hasOwn(fields, 'logs'))
    throw new TypeError('A log is set or added to, not both');
}
