/** The lines of a table for people. Control characters in stored texts do not reach the terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  // eslint-disable-next-line no-control-regex
  const printable = (cell: string): string => cell.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A day and a minute, in UTC. */
export const minute = (date: Date | undefined): string =>
  date === undefined ? '' : date.toISOString().slice(0, 16).replace('T', ' ');
