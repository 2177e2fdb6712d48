import { pipeline } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { BadInput } from '../../../core/errors.js';
import { BadLine, type TableRow } from '../../../core/policies/grid/texts.js';
import type { Turns } from '../../../store/turns.js';

interface Read {
  readonly record: string[];
  readonly info: Info;
}

const LINE = /\r\n|\n|\r/g;
const linesIn = (text: string): number => text.match(LINE)?.length ?? 0;
const emptyLinesBefore = (text: string): number => linesIn(/^[\r\n]*/.exec(text)?.[0] ?? '');

const HOW = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true } as const;
/** Bytes that are parsed without a pause. */
const PIECE = 16 * 1024;

function* piecesOf(bytes: Buffer): IterableIterator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Parses piece by piece, so that others can run in between. @throws CsvError */
async function* parsed(bytes: Buffer, turns: Turns): AsyncIterableIterator<Read> {
  const pieces = async function* (): AsyncIterableIterator<Buffer> {
    for (const piece of piecesOf(bytes)) {
      if (turns.isOver()) await turns.next();
      yield piece;
    }
  };
  const parser = parse(HOW);
  // It ends with what is wrong with the text; there is nothing else that could fail.
  pipeline(pieces, parser, () => undefined);
  yield* parser as AsyncIterable<Read>;
}

/** The parser counts a line end of two characters, inside quotes, as two lines. */
async function faultIn(text: string, turns: Turns): Promise<BadInput> {
  try {
    for await (const _read of parsed(Buffer.from(text.replace(LINE, '\n')), turns)) continue;
  } catch (error) {
    const { lines = 1, message } = error as CsvError & { readonly lines?: number };
    return new BadLine(lines, `${message}.`, 'bad-policy');
  }
  return new BadInput('bad-policy', 'The text is not valid CSV.');
}

/** Reads CSV as RFC 4180 has it, with or without a byte order mark. @throws BadInput `bad-policy`, with the line */
export async function readCsv(text: string, turns: Turns): Promise<TableRow[]> {
  const bytes = Buffer.from(text);
  const rows: TableRow[] = [];
  let [read, line] = [0, 1];
  try {
    for await (const { record, info } of parsed(bytes, turns)) {
      const whole = bytes.toString('utf8', read, info.bytes);
      const begins = line + emptyLinesBefore(whole);
      line += linesIn(whole);
      read = info.bytes;
      rows.push({ line: begins, cells: record });
      if (turns.isOver()) await turns.next();
    }
    return rows;
  } catch (error) {
    throw error instanceof CsvError ? await faultIn(text, turns) : error;
  }
}

const PLAIN = /^[^",\r\n]*$/;
const cell = (text: string): string =>
  PLAIN.test(text) && text === text.trim() ? text : `"${text.replaceAll('"', '""')}"`;

/** Writes rows as CSV. */
export const printCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
