/** How many of its newest lines the log of an instance keeps. */
export const LOG_LINES = 1000;

/** @throws TypeError when lines are to be added to a log that is set as a whole by the same write */
export function assertOneLog(fields: Readonly<Record<string, unknown>>, log: readonly unknown[]): void {
  if (log.length > 0 && Object.hasOwn(fields, 'logs'))
    throw new TypeError('A log is set or added to, not both');
}
