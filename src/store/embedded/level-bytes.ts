import { ClassicLevel } from 'classic-level';
import { BadInput, CouldNotTell, isGuardError, type GuardError } from '../../core/errors.js';
import { SPACES, type Bytes, type Change, type Range, type Space } from './bytes.js';
import { claim } from './claim.js';
import { privateFiles, privateFolder } from './private-folder.js';

type Level = ClassicLevel<string, Uint8Array>;
type Operation = { type: 'put'; key: string; value: Uint8Array } | { type: 'del'; key: string };

const ENCODING = { keyEncoding: 'utf8', valueEncoding: 'view' } as const;
/** Stands between space and key; the character after it ends a space. */
const BETWEEN = '!';
const AFTER = '"';

const keyOf = (space: Space, key: string): string => space + BETWEEN + key;

/** The code of an error of the package, or of what caused it: opening wraps the reason. */
function codeOf(error: unknown): unknown {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return cause === undefined ? code : (codeOf(cause) ?? code);
}

function openingFailed(cause: unknown): GuardError {
  if (isGuardError(cause)) return cause;
  switch (codeOf(cause)) {
    case 'LEVEL_LOCKED':
      return new CouldNotTell('store-in-use', 'The folder of the store is open in another process.', {
        cause,
      });
    case 'LEVEL_CORRUPTION':
      return new CouldNotTell('store-unavailable', 'The folder of the store is damaged.', { cause });
    default:
      return new BadInput('bad-configuration', 'The folder of the store cannot be opened.', { cause });
  }
}

/** Bytes in a folder, in a log-structured tree that recovers its last whole batch after a crash. */
export class LevelBytes implements Bytes {
  private constructor(
    private readonly level: Level,
    private readonly folder: string,
    private readonly release: () => void,
  ) {}

  /**
   * @param fresh true: the folder must not hold a database yet
   * @throws CouldNotTell `store-in-use` when another process, or another store of this one, has it open
   */
  static async open(folder: string, fresh = false): Promise<LevelBytes> {
    await privateFolder(folder);
    const release = await claim(folder).catch((cause: unknown) => {
      throw openingFailed(cause);
    });
    const level: Level = new ClassicLevel(folder, { ...ENCODING, errorIfExists: fresh });
    try {
      await level.open();
    } catch (cause) {
      release();
      throw openingFailed(cause);
    }
    await privateFiles(folder);
    return new LevelBytes(level, folder, release);
  }

  async read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return this.level.getMany(keys.map((key) => keyOf(space, key)));
  }

  async write(changes: readonly Change[]): Promise<void> {
    const operations = changes.map(({ space, key, bytes }): Operation =>
      bytes === undefined
        ? { type: 'del', key: keyOf(space, key) }
        : { type: 'put', key: keyOf(space, key), value: bytes },
    );
    if (operations.length > 0) await this.level.batch(operations, { sync: true });
  }

  async *scan(
    space: Space,
    { reverse = false, from = '', below }: Range = {},
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const lt = below === undefined ? space + AFTER : keyOf(space, below);
    for await (const [key, bytes] of this.level.iterator({ gte: keyOf(space, from), lt, reverse }))
      yield [key.slice(space.length + BETWEEN.length), bytes];
  }

  async *snapshot(): AsyncIterable<Change> {
    // One iterator sees one moment, whatever is written while it runs.
    for await (const [key, bytes] of this.level.iterator()) {
      const space = SPACES.find((name) => key.startsWith(name + BETWEEN));
      if (space !== undefined) yield { space, key: key.slice(space.length + BETWEEN.length), bytes };
    }
  }

  async close(): Promise<void> {
    await this.level.close();
    // Those that were made since.
    await privateFiles(this.folder);
    this.release();
  }
}
