/** The end of a table: two handles, padded, and a number by which a whole table is known. */
const FOOTER = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
/** Behind each block: how it is compressed, and a checksum of both. */
const TRAILER = 5;

const CRC32C = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});

function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (CRC32C[(c ^ byte) & 0xff] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** LevelDB stores a checksum turned and shifted. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** False when the handle is not one of this file, or the checksum of its block is another. */
function holds(table: Buffer, offset: number, size: number): boolean {
  const end = offset + size;
  if (end + TRAILER > table.length - FOOTER) return false;
  return masked(crc32c(table.subarray(offset, end + 1))) === table.readUInt32LE(end + 1);
}

function* numbers(bytes: Uint8Array): Generator<number> {
  let [value, factor] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    yield value;
    [value, factor] = [0, 1];
  }
}

/**
 * Whether the footer of a table names blocks that are there and whole. LevelDB takes the sizes that a footer names
 * without a look and ends the process when there is not so much memory. A file without the number at its end is no
 * whole table: LevelDB refuses it by itself, or deletes it where a crash left it.
 */
export function footerHolds(table: Buffer): boolean {
  if (table.length < FOOTER || !table.subarray(-MAGIC.length).equals(MAGIC)) return true;
  const [metaAt = NaN, metaSize = NaN, indexAt = NaN, indexSize = NaN] = numbers(
    table.subarray(-FOOTER, -MAGIC.length),
  );
  return holds(table, metaAt, metaSize) && holds(table, indexAt, indexSize);
}
