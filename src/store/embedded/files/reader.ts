/** Bytes that are not in the format that they should be in. */
export class Malformed extends Error {}

/** Reads what LevelDB writes, from the front. @throws Malformed beyond the end */
export class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Malformed('There are fewer bytes');
    return byte;
  }

  /** Seven bits a byte, the lowest first, in as few bytes as it takes. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte === 0 && factor > 1) throw new Malformed('A number is longer than it is written');
      if (byte < 128) return value;
    }
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new Malformed('There are fewer bytes');
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }
}
