/** Characters that are kept of a line: the host logs the whole input of a command, and what models log is theirs. */
const LOG_TEXT = 500;

const cut = (text: string): string => (text.length > LOG_TEXT ? `${text.slice(0, LOG_TEXT)}…` : text);

/** A line as the host's logger makes it, or what else was put into the log. */
function line(entry: unknown): unknown {
  const { message, date, type, level } = (entry ?? {}) as Record<string, unknown>;
  return date instanceof Date && typeof message === 'string'
    ? { date, message: cut(message), type, level: typeof level === 'number' ? level : 0 }
    : cut(String(entry));
}

/** The newest lines of a live instance's log as they are stored; not more than a log holds. */
export const linesOf = (logs: readonly unknown[] | undefined, most: number): unknown[] =>
  (logs ?? []).slice(-most).map(line);
