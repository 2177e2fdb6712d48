import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Commit } from './commit.js';

/** The file that knows the last acknowledged commit. */
export const WITNESS = 'COMMITTED';
const SIZE = 20;

function read(bytes: Buffer): Pick<Commit, 'number' | 'sum'> | undefined {
  if (bytes.length !== SIZE || crc32(bytes.subarray(0, 16)) !== bytes.readUInt32BE(16)) return undefined;
  return { number: bytes.readDoubleBE(0), sum: bytes.readDoubleBE(8) };
}

/**
 * Remembers the last acknowledged commit beside the database: LevelDB drops what follows a damaged place of its log
 * without a word, and what is then left is whole in itself. It is written over in place and not flushed each time, so
 * that it costs little, needs no space, and after a loss of power at worst knows an earlier commit.
 */
export class Witness {
  private constructor(
    private readonly file: FileHandle,
    /** As it was found; undefined where there was none, or none that can be read. */
    readonly found: Pick<Commit, 'number' | 'sum'> | undefined,
  ) {}

  static async open(folder: string): Promise<Witness> {
    const file = await open(path.join(folder, WITNESS), 'r+').catch((error: unknown) => {
      // Only where there is none: one that could not be opened just now would be emptied.
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
      return open(path.join(folder, WITNESS), 'w+', 0o600);
    });
    try {
      return new Witness(file, read(await file.readFile()));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async note({ number, sum }: Commit): Promise<void> {
    const bytes = Buffer.alloc(SIZE);
    bytes.writeDoubleBE(number, 0);
    bytes.writeDoubleBE(sum, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, 16)), 16);
    await this.file.write(bytes, 0, SIZE, 0);
  }

  async close(): Promise<void> {
    await this.file.sync().catch(() => undefined);
    await this.file.close();
  }
}
