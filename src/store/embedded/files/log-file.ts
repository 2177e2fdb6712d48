import { maskedCrc } from './crc32c.js';

/** LevelDB writes a log in blocks; a record that does not fit is continued in the next. */
const BLOCK = 32 * 1024;
/** Checksum, length, and which part of a record it is. */
const HEADER = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

export interface LogFault {
  /** The first byte of what is no whole record. */
  readonly at: number;
  /** The file ends in it, as it does where a process died, or the power failed, while it was written. */
  readonly isTorn: boolean;
}

export interface LogContent {
  readonly records: readonly Buffer[];
  /** Undefined when all of it is what was written; nothing behind it was read. */
  readonly fault?: LogFault;
}

/** The records of a log, or of a manifest, up to the first that is not what was written. */
export function readLog(log: Buffer): LogContent {
  const records: Buffer[] = [];
  let parts: Buffer[] = [];
  // Where the power failed, a file may end in zeros that were never written.
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
