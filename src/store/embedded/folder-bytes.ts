import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { ticks } from '../../core/clock.js';
import { isGuardError, type GuardError } from '../../core/errors.js';
import type { Writability } from '../port.js';
import type { Bytes, Change, Range, Space } from './bytes.js';
import type { CheckedBytes } from './checked-bytes.js';
import { damaged } from './checksum.js';
import { claim } from './claim.js';
import { closeAll } from './close-all.js';
import { sameContent, type Commit } from './commit.js';
import { inFolder, openingFailed, reasonOf, reopeningFailed, writingFailed } from './failure.js';
import { Groups } from './groups.js';
import { loadLevel } from './level-bytes.js';
import { openChecked } from './open-checked.js';
import { privateFolder } from './private-folder.js';
import { Witness } from './witness.js';

/** After this many milliseconds without a write, `ping` writes to test the disk. */
const PROBE_EVERY = 10_000;
/** Interval of checks for free space, and pauses between attempts to reopen the folder, in milliseconds. */
const LOOK_EVERY = 500;
const PAUSE = { first: 200, most: 5000 };
/** Space in bytes that opening a folder may need beyond the size of its logs. */
const RESERVE = 256 * 1024;

/** The state after a failed write, until the folder is open again. */
interface Trouble {
  error: GuardError;
  readonly changes: readonly Change[];
  /** The commit that must be stored, and the one that is stored if the failed write succeeded after all. */
  readonly expected: Commit;
  readonly attempted: Commit;
  /** Reverts the failed write. */
  undo?: Change[];
  next: number;
  pause: number;
}

/**
 * Bytes in a folder that survives disk failures. After any failed write the database is closed, reopened and checked
 * before the next write, because LevelDB continues after a torn record and later drops all that follows it.
 */
export class FolderBytes implements Bytes {
  private readonly groups = new Groups((changes) => this.commit(changes));
  private readonly listeners = new Set<(state: Writability) => void>();
  private trouble: Trouble | undefined;
  private reopening: Promise<void> | undefined;
  private looking: NodeJS.Timeout | undefined;
  private lastWrite = ticks();

  private constructor(
    private readonly folder: string,
    private readonly release: () => void,
    private readonly witness: Witness,
    private open: CheckedBytes | undefined,
  ) {}

  /**
   * @throws CouldNotTell `store-in-use` when another process, or another store of this one, has it open;
   *   `store-damaged`; `store-unavailable` when the disk fails. Each names the folder
   * @throws BadInput `bad-configuration` with the system error code when it cannot be entered, read or written
   */
  static async open(folder: string): Promise<FolderBytes> {
    // Loaded first, so that nothing is created on the disk if it is missing.
    await loadLevel();
    const toClose: (() => unknown)[] = [];
    try {
      await privateFolder(folder);
      const release = await claim(folder);
      toClose.unshift(release);
      const { checked, witness } = await openChecked(folder, async () => {
        const made = await Witness.open(folder);
        toClose.unshift(() => made.close());
        return made;
      });
      toClose.unshift(() => checked.close());
      await witness.record(checked.commit);
      return new FolderBytes(folder, release, witness, checked);
    } catch (cause) {
      await closeAll(...toClose).catch(() => undefined);
      throw inFolder(folder, openingFailed(cause));
    }
  }

  /** The open database. @throws GuardError while it is not open */
  private async current(): Promise<CheckedBytes> {
    await this.reopening?.catch(() => undefined);
    if (this.open === undefined) throw (this.trouble as Trouble).error;
    return this.open;
  }

  async read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return (await this.current()).read(space, keys);
  }

  async *scan(space: Space, range?: Range): AsyncIterable<readonly [string, Uint8Array]> {
    yield* (await this.current()).scan(space, range);
  }

  async *snapshot(): AsyncIterable<Change> {
    yield* (await this.current()).snapshot();
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (changes.length > 0) await this.groups.write(changes);
  }

  /** @throws CouldNotTell with the cause when nothing can be written */
  async ping(): Promise<void> {
    if (this.trouble !== undefined) throw this.trouble.error;
    if (ticks() - this.lastWrite > PROBE_EVERY) await this.groups.write([]);
  }

  onWritable(listener: (state: Writability) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(state: Writability): void {
    for (const listener of this.listeners) listener(state);
  }

  private async commit(changes: readonly Change[]): Promise<void> {
    if (this.trouble !== undefined) await this.recover(this.trouble);
    const open = this.open as CheckedBytes;
    const expected = open.commit;
    try {
      await open.write(changes);
    } catch (error) {
      throw isGuardError(error) ? error : this.failed(error, changes, expected, open.attempted);
    }
    this.lastWrite = ticks();
    // The write is stored. If the witness could not record it, that is repaired before the next write.
    await this.witness.record(open.commit).catch((error: unknown) => {
      this.failed(error, [], open.commit, open.commit);
    });
  }

  private failed(cause: unknown, changes: readonly Change[], expected: Commit, attempted: Commit): unknown {
    const error = writingFailed(cause);
    if (!isGuardError(error)) return error;
    this.trouble = { error, changes, expected, attempted, next: 0, pause: PAUSE.first };
    this.tell({ writable: false, cause: causeOf(error, this.folder) });
    this.looking = setInterval(() => {
      const { trouble } = this;
      if (trouble !== undefined) this.groups.exclusive(() => this.recover(trouble)).catch(() => undefined);
    }, LOOK_EVERY).unref();
    return error;
  }

  /** Reopens the folder. @throws GuardError while nothing can be written */
  private async recover(trouble: Trouble): Promise<void> {
    if (this.trouble !== trouble) return;
    const isFinal = trouble.error.code === 'store-damaged';
    if (isFinal || ticks() < trouble.next || !(await this.hasSpace(trouble.changes))) throw trouble.error;
    try {
      this.reopening = this.reopen(trouble);
      await this.reopening;
    } catch (cause) {
      const error = writingFailed(cause);
      if (isGuardError(error)) trouble.error = error;
      trouble.next = ticks() + trouble.pause;
      trouble.pause = Math.min(2 * trouble.pause, PAUSE.most);
      if (trouble.error.code === 'store-damaged')
        this.tell({ writable: false, cause: causeOf(trouble.error, this.folder) });
      throw trouble.error;
    } finally {
      this.reopening = undefined;
    }
    clearInterval(this.looking);
    this.trouble = undefined;
    this.lastWrite = ticks();
    this.tell({ writable: true });
  }

  private async reopen(trouble: Trouble): Promise<void> {
    trouble.undo ??= await this.asBefore(trouble.changes);
    const before = this.open;
    this.open = undefined;
    await before?.close();
    const { checked } = await openChecked(this.folder, async () => this.witness).catch((cause: unknown) => {
      throw reopeningFailed(cause);
    });
    this.open = checked;
    const { expected, attempted } = trouble;
    const isExpected = sameContent(checked.commit, expected);
    if (checked.commit.number < expected.number || !(isExpected || sameContent(checked.commit, attempted)))
      throw damaged('after a failed write, its values are not the acknowledged ones');
    // No caller was told that the failed write is stored, and no data in memory depends on it.
    await checked.write(isExpected ? [] : trouble.undo);
    if (!sameContent(checked.commit, expected)) throw damaged('a failed write could not be reverted');
    await this.witness.record(checked.commit);
  }

  /** The changes that restore the current values of the keys in these changes. */
  private async asBefore(changes: readonly Change[]): Promise<Change[]> {
    const keys = [...new Map(changes.map(({ space, key }) => [`${space}!${key}`, { space, key }])).values()];
    const open = this.open as CheckedBytes;
    return Promise.all(
      keys.map(async ({ space, key }) => ({ space, key, bytes: (await open.read(space, [key]))[0] })),
    );
  }

  /** Tells whether the disk has space for the files that opening rewrites, and for the changes. */
  private async hasSpace(changes: readonly Change[]): Promise<boolean> {
    try {
      const logs = (await readdir(this.folder)).filter((name) => name.endsWith('.log'));
      const sizes = await Promise.all(
        logs.map(async (name) => (await stat(path.join(this.folder, name))).size),
      );
      const needed = [...sizes, ...changes.map(({ bytes }) => bytes?.length ?? 0)].reduce(
        (a, b) => a + b,
        RESERVE,
      );
      const { bavail, bsize } = await statfs(this.folder);
      return bavail * bsize >= needed;
    } catch {
      return true;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    await this.groups.exclusive(async () => {
      clearInterval(this.looking);
      await closeAll(
        () => this.open?.close(),
        () => this.witness.close(),
        this.release,
      );
    });
  }
}

/** Why nothing can be written, for the log: the system error code, and the file that the error names. */
function causeOf(error: GuardError, folder: string): string {
  const words =
    error.cause instanceof Error ? error.cause.message.replaceAll(`${folder}${path.sep}`, '') : '';
  return [reasonOf(error), error.message, words].filter(Boolean).join(': ');
}
