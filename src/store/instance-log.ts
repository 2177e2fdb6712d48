import type { LogLines } from './port.js';

export const NO_LINES: LogLines = { lines: [], most: 1 };

/** @throws TypeError when one write both sets the log and adds lines to it */
export function assertOneLog(fields: Readonly<Record<string, unknown>>, { lines }: LogLines): void {
  if (lines.length > 0 && Object.hasOwn(fields, 'logs'))
    throw new TypeError('A log is either set or added to, not both');
}
