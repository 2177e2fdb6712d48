import type * as LevelDb from 'classic-level';
import { loadOptional } from '../optional-package.js';
import { SPACES, type Bytes, type Change, type Range, type Space } from './bytes.js';
import { openingFailed, readingFailed } from './failure.js';
import { privateFiles } from './private-folder.js';

type Level = LevelDb.ClassicLevel<string, Uint8Array>;
type Operation = { type: 'put'; key: string; value: Uint8Array } | { type: 'del'; key: string };

const ENCODING = { keyEncoding: 'utf8', valueEncoding: 'view' } as const;
/** Separates space and key; the next character is the upper bound of a space. */
const BETWEEN = '!';
const AFTER = '"';

const PACKAGE = { name: 'classic-level', version: 3, neededBy: 'A folder of an older version' };

/** @throws BadInput `bad-configuration` when it cannot be loaded */
const loadLevel = (): Promise<typeof LevelDb> => loadOptional(PACKAGE, () => import('classic-level'));

const keyOf = (space: Space, key: string): string => space + BETWEEN + key;

/** Bytes in a folder of format 1 or 2: in a log-structured tree. */
export class LevelBytes implements Bytes {
  private constructor(
    private readonly level: Level,
    private readonly folder: string,
  ) {}

  /**
   * @param fresh true: the folder must not contain a database
   * @throws CouldNotTell `store-in-use` when another process has it open; `store-damaged`, `store-unavailable`
   * @throws BadInput `bad-configuration` when classic-level cannot be loaded
   */
  static async open(folder: string, fresh = false): Promise<LevelBytes> {
    const { ClassicLevel: Database } = await loadLevel();
    const level: Level = new Database(folder, { ...ENCODING, errorIfExists: fresh });
    try {
      await level.open();
    } catch (cause) {
      throw openingFailed(cause);
    }
    await privateFiles(folder);
    return new LevelBytes(level, folder);
  }

  async read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    try {
      return await this.level.getMany(keys.map((key) => keyOf(space, key)));
    } catch (cause) {
      throw readingFailed(cause);
    }
  }

  async write(changes: readonly Change[]): Promise<void> {
    const operations = changes.map(({ space, key, bytes }): Operation =>
      bytes === undefined
        ? { type: 'del', key: keyOf(space, key) }
        : { type: 'put', key: keyOf(space, key), value: bytes },
    );
    if (operations.length > 0) await this.level.batch(operations, { sync: true });
  }

  private async *entries(range: object): AsyncGenerator<[string, Uint8Array]> {
    try {
      for await (const entry of this.level.iterator(range)) yield entry;
    } catch (cause) {
      throw readingFailed(cause);
    }
  }

  async *scan(
    space: Space,
    { reverse = false, from = '', below }: Range = {},
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const lt = below === undefined ? space + AFTER : keyOf(space, below);
    for await (const [key, bytes] of this.entries({ gte: keyOf(space, from), lt, reverse }))
      yield [key.slice(space.length + BETWEEN.length), bytes];
  }

  async *snapshot(): AsyncIterable<Change> {
    // An iterator sees one snapshot, even if data is written meanwhile.
    for await (const [key, bytes] of this.entries({})) {
      const space = SPACES.find((name) => key.startsWith(name + BETWEEN));
      if (space !== undefined) yield { space, key: key.slice(space.length + BETWEEN.length), bytes };
    }
  }

  async close(): Promise<void> {
    await this.level.close();
    // Restricts files created since.
    await privateFiles(this.folder);
  }
}
