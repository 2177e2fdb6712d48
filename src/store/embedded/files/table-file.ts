import { maskedCrc } from './crc32c.js';
import { Malformed, Reader } from './reader.js';
import { unsnappy } from './snappy.js';

/** The footer of a table: two handles, padded with zeros, and a magic number. */
const FOOTER = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
/** The trailer of each block: its compression, and a checksum of both. */
const TRAILER = 5;
const SNAPPY = 1;

interface Handle {
  readonly at: number;
  readonly size: number;
}

/** A position where a table is damaged. */
class Fault extends Malformed {}

const handleOf = (reader: Reader): Handle => ({ at: reader.number(), size: reader.number() });

/** The stored bytes of a block, with the compression at the end. @throws Fault */
function whole(table: Buffer, { at, size }: Handle): Buffer {
  const end = at + size;
  if (end + TRAILER > table.length - FOOTER) throw new Fault('its end is damaged');
  const block = table.subarray(at, end + 1);
  if (maskedCrc(block) !== table.readUInt32LE(end + 1))
    throw new Fault(`bytes ${at} to ${end + TRAILER} are not what was written`);
  return block;
}

/** The handles that a block contains as values, such as those in the index of the table. */
function handlesIn(stored: Buffer): Handle[] {
  const bytes = stored.subarray(0, -1);
  const block = stored.at(-1) === SNAPPY ? unsnappy(bytes) : bytes;
  const length = block.length - 4;
  if (length < 0) throw new Malformed('The block is too short');
  const reader = new Reader(block.subarray(0, Math.max(0, length - 4 * block.readUInt32LE(length))));
  const handles: Handle[] = [];
  while (!reader.isAtEnd) {
    reader.number();
    const [key, value] = [reader.number(), reader.number()];
    reader.take(key);
    handles.push(handleOf(new Reader(reader.take(value))));
  }
  return handles;
}

function check(table: Buffer): void {
  if (table.length < FOOTER || !table.subarray(-MAGIC.length).equals(MAGIC))
    throw new Fault('its footer is not that of a table');
  const footer = new Reader(table.subarray(-FOOTER, -MAGIC.length));
  const [meta, index] = [handleOf(footer), handleOf(footer)];
  while (!footer.isAtEnd) if (footer.byte() !== 0) throw new Fault('its end is damaged');
  for (const handle of [...handlesIn(whole(table, index)), ...handlesIn(whole(table, meta))])
    whole(table, handle);
}

/**
 * Compares every block of a table with its checksum. LevelDB trusts the content of blocks and the sizes in a footer, so
 * damage there would end the process.
 * @returns undefined when the table is undamaged, else where it is damaged
 */
export function tableFault(table: Buffer): string | undefined {
  try {
    check(table);
    return undefined;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return error instanceof Fault ? error.message : 'its index is damaged';
  }
}
