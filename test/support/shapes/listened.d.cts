export function isListenedTo(file: string): boolean;

/** What a test file noted: all entries of the table of queries, and those that it needs. */
interface Note {
  readonly file: string;
  readonly all: readonly string[];
  readonly used: readonly string[];
}
export function unused(notes: readonly Note[], files: readonly string[]): string[];
