/** Maximum length of a stored line, in characters: the host logs whole inputs, and models log what they like. */
const LOG_TEXT = 500;

const cut = (text: string): string => (text.length > LOG_TEXT ? `${text.slice(0, LOG_TEXT)}…` : text);

/** A line from the host's logger, or any other entry of the log. */
function line(entry: unknown): unknown {
  const { message, date, type, level } = (entry ?? {}) as Record<string, unknown>;
  return date instanceof Date && typeof message === 'string'
    ? { date, message: cut(message), type, level: typeof level === 'number' ? level : 0 }
    : cut(String(entry));
}

/** The newest lines of a live instance's log as stored, at most as many as a log may hold. */
export const linesOf = (logs: readonly unknown[] | undefined, most: number): unknown[] =>
  (logs ?? []).slice(-most).map(line);
