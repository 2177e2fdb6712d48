import { open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { damaged } from './checksum.js';
import type { Commit } from './commit.js';

/** The file that records the last acknowledged commit. */
export const WITNESS = 'COMMITTED';
const SIZE = 20;

function read(bytes: Buffer): Pick<Commit, 'number' | 'sum'> | undefined {
  if (bytes.length !== SIZE || crc32(bytes.subarray(0, 16)) !== bytes.readUInt32BE(16)) return undefined;
  return { number: bytes.readDoubleBE(0), sum: bytes.readDoubleBE(8) };
}

/**
 * Records the last acknowledged commit beside the database, because a database silently drops what follows a damaged
 * place of its log, and the rest looks consistent. The file is overwritten in place and not flushed each time: it costs
 * little, needs no space, and after a power failure at worst names an earlier commit.
 */
export class Witness {
  private constructor(
    /** Missing: nothing is recorded. */
    private readonly file: FileHandle | undefined,
    /** The commit in the file; undefined if it was missing or unreadable. */
    private readonly found: Pick<Commit, 'number' | 'sum'> | undefined,
  ) {}

  static async open(folder: string): Promise<Witness> {
    const file = await open(path.join(folder, WITNESS), 'r+').catch((error: unknown) => {
      // Created only if missing: a file that merely could not be opened would be truncated.
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

  /** Opens it to compare with it only: the file stays as it is, or missing. */
  static async look(folder: string): Promise<Witness> {
    const bytes = await readFile(path.join(folder, WITNESS)).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
      return undefined;
    });
    return new Witness(undefined, bytes && read(bytes));
  }

  /** @throws CouldNotTell `store-damaged` when acknowledged commits are missing */
  compare(stored: Commit): void {
    const known = this.found;
    if (known === undefined || stored.number > known.number) return;
    if (stored.number < known.number)
      throw damaged(`its log lost the last ${known.number - stored.number} writes that were acknowledged`);
    if (stored.sum !== known.sum) throw damaged('its last write is not the one that was acknowledged');
  }

  async record({ number, sum }: Commit): Promise<void> {
    const bytes = Buffer.alloc(SIZE);
    bytes.writeDoubleBE(number, 0);
    bytes.writeDoubleBE(sum, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, 16)), 16);
    await this.file?.write(bytes, 0, SIZE, 0);
  }

  async close(): Promise<void> {
    await this.file?.sync().catch(() => undefined);
    await this.file?.close();
  }
}
