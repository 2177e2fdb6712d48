/** The bytes do not have the expected format. */
export class Malformed extends Error {}

/** Reads LevelDB's encodings from the beginning. @throws Malformed beyond the end */
export class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Malformed('Unexpected end of data');
    return byte;
  }

  /** Reads a varint: seven bits per byte, lowest first. An encoding longer than necessary is refused. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte === 0 && factor > 1) throw new Malformed('A number has a longer encoding than necessary');
      if (byte < 128) return value;
    }
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new Malformed('Unexpected end of data');
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }
}
