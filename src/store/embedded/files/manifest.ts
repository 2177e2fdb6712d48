import { Malformed, Reader } from './reader.js';

/** What the records of a manifest say of, by their numbers. */
const COMPARATOR = 1;
const LOG = 2;
const NEXT_FILE = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_TABLE = 6;
const NEW_TABLE = 7;
const PREVIOUS_LOG = 9;

/** The files of which a database consists. */
export interface LiveFiles {
  /** Sizes in bytes, by the numbers of tables. */
  readonly tables: ReadonlyMap<number, number>;
  /** The logs are this one, and those with higher numbers. */
  readonly log: number;
  readonly previousLog: number;
}

/** What the records of a manifest come to; undefined when they are not those of a whole one. */
export function liveFiles(records: readonly Buffer[]): LiveFiles | undefined {
  const tables = new Map<number, number>();
  const numbers = new Map<number, number>();
  const read = (reader: Reader): void => {
    const text = (): Buffer => reader.take(reader.number());
    const what = reader.number();
    switch (what) {
      case COMPARATOR:
        text();
        return;
      case LOG:
      case NEXT_FILE:
      case LAST_SEQUENCE:
      case PREVIOUS_LOG:
        numbers.set(what, reader.number());
        return;
      case COMPACT_POINTER:
        reader.number();
        text();
        return;
      case DELETED_TABLE:
        reader.number();
        tables.delete(reader.number());
        return;
      case NEW_TABLE:
        reader.number();
        tables.set(reader.number(), reader.number());
        text();
        text();
        return;
      default:
        throw new Malformed('Such a record is not known');
    }
  };
  try {
    for (const record of records) {
      const reader = new Reader(record);
      while (!reader.isAtEnd) read(reader);
    }
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
  const log = numbers.get(LOG);
  if (log === undefined || !numbers.has(NEXT_FILE) || !numbers.has(LAST_SEQUENCE)) return undefined;
  return { tables, log, previousLog: numbers.get(PREVIOUS_LOG) ?? 0 };
}
