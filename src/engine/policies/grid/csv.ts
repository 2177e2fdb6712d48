import { CsvError, parse, type Info } from 'csv-parse/sync';
import { BadInput } from '../../../core/errors.js';
import type { TableRow } from '../../../core/policies/grid/texts.js';

interface Read {
  readonly record: string[];
  readonly info: Info;
}

const linesIn = (cells: readonly string[]): number => cells.join('').split('\n').length - 1;

/** Reads CSV as RFC 4180 has it, with or without a byte order mark. @throws BadInput `bad-policy`, with the line */
export function readCsv(text: string): TableRow[] {
  try {
    const rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as Read[];
    return rows.map(({ record, info }) => ({ line: info.lines - linesIn(record), cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines, message } = error as CsvError & { readonly lines?: number };
    throw new BadInput('bad-policy', `Line ${lines ?? 1}: ${message}.`);
  }
}

const PLAIN = /^[^",\r\n]*$/;
const cell = (text: string): string =>
  PLAIN.test(text) && text === text.trim() ? text : `"${text.replaceAll('"', '""')}"`;

/** Writes rows as CSV. */
export const printCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
