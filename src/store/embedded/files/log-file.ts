import { maskedCrc } from './crc32c.js';

/** LevelDB writes a log in blocks; a record that does not fit continues in the next. */
const BLOCK = 32 * 1024;
/** Checksum, length, and part of the record. */
const HEADER = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

export interface LogFault {
  /** Position of the first invalid record. */
  readonly at: number;
  /** True when the file ends inside a record, as after a crash or power failure during a write. */
  readonly isTorn: boolean;
}

export interface LogContent {
  readonly records: readonly Buffer[];
  /** Undefined when all of it is valid; data behind a fault is not read. */
  readonly fault?: LogFault;
}

/** Reads the records of a log or manifest, up to the first invalid one. */
export function readLog(log: Buffer): LogContent {
  const records: Buffer[] = [];
  let parts: Buffer[] = [];
  // After a power failure, a file may end in zeros that were never written.
  const until = (at: number, isTorn: boolean): LogContent => ({
    records,
    fault: { at, isTorn: isTorn || log.subarray(at).every((byte) => byte === 0) },
  });
  let at = 0;
  while (at < log.length) {
    const room = BLOCK - (at % BLOCK);
    if (room < HEADER) {
      if (log.subarray(at, at + room).some((byte) => byte !== 0)) return until(at, false);
      at += room;
      continue;
    }
    const begin = at + HEADER;
    if (begin > log.length) return until(at, true);
    const end = begin + log.readUInt16LE(at + 4);
    if (end > at + room) return until(at, false);
    if (end > log.length) return until(at, true);
    if (maskedCrc(log.subarray(begin - 1, end)) !== log.readUInt32LE(at)) return until(at, false);
    const kind = log[begin - 1] as number;
    const isBegun = parts.length > 0;
    if (isBegun !== (kind === MIDDLE || kind === LAST)) return until(at, false);
    parts.push(log.subarray(begin, end));
    if (kind === FULL || kind === LAST) {
      records.push(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
      parts = [];
    } else if (kind !== FIRST && kind !== MIDDLE) return until(at, false);
    at = end;
  }
  return parts.length > 0 ? until(at, true) : { records };
}
