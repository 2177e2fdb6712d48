import { Malformed, Reader } from './reader.js';

/** The tags of the fields in a manifest record. */
const COMPARATOR = 1;
const LOG = 2;
const NEXT_FILE = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_TABLE = 6;
const NEW_TABLE = 7;
const PREVIOUS_LOG = 9;

/** The files that make up a database. */
export interface LiveFiles {
  /** Sizes in bytes, by table number. */
  readonly tables: ReadonlyMap<number, number>;
  /** The first live log; logs with higher numbers are live too. */
  readonly log: number;
  readonly previousLog: number;
}

/** Combines the records of a manifest; undefined when they are incomplete or invalid. */
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
        throw new Malformed('The record has an unknown tag');
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
