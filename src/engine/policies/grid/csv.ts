import { CsvError, parse, type Info } from 'csv-parse/sync';
import { BadInput } from '../../../core/errors.js';
import { BadLine, type TableRow } from '../../../core/policies/grid/texts.js';

interface Read {
  readonly record: string[];
  readonly info: Info;
}

const LINE = /\r\n|\n|\r/g;
const linesIn = (text: string): number => text.match(LINE)?.length ?? 0;
const emptyLinesBefore = (text: string): number => linesIn(/^[\r\n]*/.exec(text)?.[0] ?? '');

const parsed = (text: string): { readonly bytes: Buffer; readonly found: Read[] } => {
  const bytes = Buffer.from(text);
  const how = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true } as const;
  return { bytes, found: parse(bytes, how) as Read[] };
};

/** The parser counts a line end of two characters, inside quotes, as two lines. */
function faultIn(text: string): BadInput {
  try {
    parsed(text.replace(LINE, '\n'));
  } catch (error) {
    const { lines = 1, message } = error as CsvError & { readonly lines?: number };
    return new BadLine(lines, `${message}.`, 'bad-policy');
  }
  return new BadInput('bad-policy', 'The text is not valid CSV.');
}

/** Reads CSV as RFC 4180 has it, with or without a byte order mark. @throws BadInput `bad-policy`, with the line */
export function readCsv(text: string): TableRow[] {
  try {
    const { bytes, found } = parsed(text);
    let [read, line] = [0, 1];
    return found.map(({ record, info }) => {
      const whole = bytes.toString('utf8', read, info.bytes);
      const begins = line + emptyLinesBefore(whole);
      line += linesIn(whole);
      read = info.bytes;
      return { line: begins, cells: record };
    });
  } catch (error) {
    throw error instanceof CsvError ? faultIn(text) : error;
  }
}

const PLAIN = /^[^",\r\n]*$/;
const cell = (text: string): string =>
  PLAIN.test(text) && text === text.trim() ? text : `"${text.replaceAll('"', '""')}"`;

/** Writes rows as CSV. */
export const printCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
