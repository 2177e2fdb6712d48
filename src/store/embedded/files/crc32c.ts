/** CRC-32C of eight bytes at a time: 256 entries for a byte, and for a byte followed by one to seven others. */
const TABLE = table();

function table(): Int32Array {
  const entries = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
    entries[n] = c;
  }
  for (let n = 256; n < entries.length; n++) {
    const c = entries[n - 256] as number;
    entries[n] = (entries[c & 255] as number) ^ (c >>> 8);
  }
  return entries;
}

/** @param behind how many of the eight bytes follow */
const entry = (behind: number, byte: number): number => TABLE[(behind << 8) | (byte & 255)] as number;

function crc32c(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let c = -1;
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    const low = c ^ view.getInt32(i, true);
    const high = view.getInt32(i + 4, true);
    c =
      entry(7, low) ^
      entry(6, low >>> 8) ^
      entry(5, low >>> 16) ^
      entry(4, low >>> 24) ^
      entry(3, high) ^
      entry(2, high >>> 8) ^
      entry(1, high >>> 16) ^
      entry(0, high >>> 24);
  }
  for (; i < bytes.length; i++) c = entry(0, c ^ (bytes[i] as number)) ^ (c >>> 8);
  return ~c >>> 0;
}

/** The form that LevelDB stores: rotated and shifted, so that data with embedded checksums has a different one. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
