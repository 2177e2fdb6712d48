import { Malformed, Reader } from './reader.js';

/** Decodes the tag of a copy: how many bytes to copy, and from how far back in the output. */
function copied(tag: number, from: Reader): { length: number; back: number } {
  const kind = tag & 3;
  if (kind === 1) return { length: ((tag >>> 2) & 7) + 4, back: ((tag >>> 5) << 8) | from.byte() };
  return { length: (tag >>> 2) + 1, back: from.take(kind === 2 ? 2 : 4).readUIntLE(0, kind === 2 ? 2 : 4) };
}

function literally(tag: number, from: Reader): Buffer {
  const short = tag >>> 2;
  if (short < 60) return from.take(short + 1);
  const bytes = short - 59;
  return from.take(from.take(bytes).readUIntLE(0, bytes) + 1);
}

/**
 * Decompresses Snappy's raw format.
 * @throws Malformed when the bytes do not have that format
 */
export function unsnappy(bytes: Buffer): Buffer {
  const from = new Reader(bytes);
  const length = from.number();
  // Three bytes expand to at most 64.
  if (length > 64 * bytes.length) throw new Malformed('The stated length is impossible');
  const whole = Buffer.alloc(length);
  let at = 0;
  while (!from.isAtEnd) {
    const tag = from.byte();
    if ((tag & 3) === 0) {
      const text = literally(tag, from);
      if (text.length > length - at) throw new Malformed('The data is longer than stated');
      at += text.copy(whole, at);
      continue;
    }
    const { length: count, back } = copied(tag, from);
    if (back === 0 || back > at || count > length - at) throw new Malformed('A copy is out of range');
    // Byte by byte, because the source may overlap the bytes just written.
    for (let i = 0; i < count; i++, at++) whole[at] = whole[at - back] as number;
  }
  if (at !== length) throw new Malformed('The data is shorter than stated');
  return whole;
}
