import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { ticks } from '../../core/clock.js';
import { isGuardError, type GuardError } from '../../core/errors.js';
import type { Writability } from '../port.js';
import type { Change, CountedPart, Merged, MergeOptions, OrderedBytes, Range, Space, Way } from './bytes.js';
import type { CheckedBytes } from './checked-bytes.js';
import { claim } from './claim.js';
import { openAsItIs } from './as-it-is.js';
import { closeAll } from './close-all.js';
import { examineMeanwhile } from './examine-meanwhile.js';
import { inFolder, openingFailed, reasonOf, writingFailed } from './failure.js';
import { Groups, sizeOf } from './groups.js';
import { openChecked, type OpenOptions } from './open-checked.js';
import { privateFolder } from './private-folder.js';
import { loadSqlite } from './sqlite/sqlite-bytes.js';
import type { Witness } from './witness.js';

/** After this many milliseconds without a write, `ping` writes to test the disk. */
const PROBE_EVERY = 10_000;
/** Interval of the attempts to write again after a failure, in milliseconds. */
const LOOK_EVERY = 500;
/** Space in bytes that a write may need beyond its values. */
const RESERVE = 256 * 1024;

const nothing = (): Promise<void> => Promise.resolve();

/** The state after a failed write, until one succeeds. */
interface Trouble {
  readonly error: GuardError;
  /** Size of the values of the failed write. */
  readonly size: number;
}

/** Bytes in a folder that recovers by itself after failures of its disk. */
export class FolderBytes implements OrderedBytes {
  private readonly groups = new Groups((changes) => this.commit(changes));
  private readonly listeners = new Set<(state: Writability) => void>();
  private trouble: Trouble | undefined;
  private looking: NodeJS.Timeout | undefined;
  private lastWrite = ticks();
  /** Damage that was found since it was opened. */
  private damage: GuardError | undefined;
  /** Why the part that is next could not be examined when that was last tried. */
  private unread: unknown;
  private isClosed = false;

  private constructor(
    private readonly folder: string,
    private readonly release: () => unknown,
    private readonly checked: CheckedBytes,
    private readonly witness: Witness,
    /** The format of the values. */
    readonly version: number,
    /**
     * Of a folder that is only read: throws if another process has changed it since it was opened.
     * @throws CouldNotTell `store-in-use`
     */
    readonly assertUnchanged: () => Promise<void>,
  ) {}

  /**
   * @throws CouldNotTell `store-in-use` when another process, or another store of this one, has it open;
   *   `store-damaged`; `store-unavailable` when the disk fails. Each names the folder
   * @throws BadInput `bad-configuration` with the system error code when it cannot be entered, read or written
   */
  static async open(folder: string, options: OpenOptions = {}): Promise<FolderBytes> {
    // Loaded first, so that nothing is created on the disk if it is missing.
    await loadSqlite();
    let release: (() => unknown) | undefined;
    try {
      if (options.keepsFormat !== true) await privateFolder(folder);
      const unclaim = (release = await claim(folder));
      const { opened, assertUnchanged, end } =
        options.keepsFormat === true
          ? await openAsItIs(folder, options)
          : { opened: await openChecked(folder, options), assertUnchanged: nothing, end: nothing };
      const { checked, witness, examination, version } = opened;
      const closed = (): unknown => closeAll(assertUnchanged, end, unclaim);
      const bytes = new FolderBytes(folder, closed, checked, witness, version, assertUnchanged);
      if (examination !== undefined) void examineMeanwhile(examination, bytes.groups, bytes.examined);
      return bytes;
    } catch (cause) {
      release?.();
      throw inFolder(folder, openingFailed(cause));
    }
  }

  /** The damage that was found since it was opened: nothing is read or written any more. */
  get fault(): GuardError | undefined {
    return this.damage;
  }

  /** Number of stored values. */
  get count(): number {
    return this.checked.commit.count;
  }

  private get sound(): CheckedBytes {
    if (this.damage !== undefined) throw this.damage;
    return this.checked;
  }

  async read(space: Space, keys: readonly string[], most?: number): Promise<(Uint8Array | undefined)[]> {
    return this.sound.read(space, keys, most);
  }

  async merge(space: Space, ways: readonly Way[], options: MergeOptions): Promise<Merged> {
    return this.sound.merge(space, ways, options);
  }

  async countEntries(space: Space, beginning: string, from: string, most: number): Promise<CountedPart> {
    return this.sound.countEntries(space, beginning, from, most);
  }

  scan(space: Space, range?: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.sound.scan(space, range);
  }

  snapshot(): AsyncIterable<Change> {
    return this.sound.snapshot();
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (changes.length > 0) await this.groups.write(changes);
  }

  private readonly examined = {
    isOver: (): boolean => this.isClosed || this.damage !== undefined,
    found: (damage: GuardError): void => {
      this.damage = damage;
      this.tell(this.refusing(damage));
    },
    failed: (cause: unknown): void => {
      this.unread = cause;
      this.tell({ ...this.state(), unread: cause });
    },
    succeeded: (): void => {
      this.unread = undefined;
    },
  };

  private state(): Writability {
    const error = this.damage ?? this.trouble?.error;
    return error === undefined ? { writable: true } : this.refusing(error);
  }

  private refusing(error: GuardError): Writability {
    const isDamaged = error.code === 'store-damaged' ? ({ isDamaged: true } as const) : {};
    return { writable: false, cause: causeOf(error, this.folder), ...isDamaged };
  }

  /** @throws CouldNotTell with the cause when nothing can be written */
  async ping(): Promise<void> {
    const error = this.damage ?? this.trouble?.error;
    if (error !== undefined) throw error;
    if (ticks() - this.lastWrite > PROBE_EVERY) await this.groups.write([]);
  }

  onWritable(listener: (state: Writability) => void): () => void {
    this.listeners.add(listener);
    if (this.damage !== undefined) listener(this.refusing(this.damage));
    else if (this.unread !== undefined) listener({ ...this.state(), unread: this.unread });
    return () => void this.listeners.delete(listener);
  }

  private tell(state: Writability): void {
    for (const listener of this.listeners) listener(state);
  }

  private async commit(changes: readonly Change[]): Promise<void> {
    const { trouble, damage } = this;
    if (damage !== undefined) throw damage;
    const isFinal = trouble?.error.code === 'store-damaged';
    if (trouble !== undefined && (isFinal || !(await this.hasSpace(trouble.size)))) throw trouble.error;
    try {
      await this.checked.write(changes);
    } catch (error) {
      throw isGuardError(error) ? error : this.failed(error, changes);
    }
    this.lastWrite = ticks();
    try {
      await this.witness.record(this.checked.commit);
      this.recovered();
    } catch (error) {
      // The write is stored. The record is made up for by the next one.
      this.failed(error, []);
    }
  }

  private failed(cause: unknown, changes: readonly Change[]): unknown {
    const error = writingFailed(cause);
    if (!isGuardError(error)) return error;
    const isNews = this.trouble?.error.code !== error.code;
    this.trouble = { error, size: Math.max(sizeOf(changes), this.trouble?.size ?? 0) };
    if (isNews) this.tell(this.refusing(error));
    this.looking ??= setInterval(() => {
      this.groups.exclusive(() => this.look()).catch(() => undefined);
    }, LOOK_EVERY).unref();
    return error;
  }

  private async look(): Promise<void> {
    if (this.trouble !== undefined) await this.commit([]);
  }

  private recovered(): void {
    if (this.trouble === undefined) return;
    this.stopLooking();
    this.trouble = undefined;
    this.tell({ writable: true });
  }

  private stopLooking(): void {
    clearInterval(this.looking);
    this.looking = undefined;
  }

  /** Tells whether the disk has space for values of this size. */
  private async hasSpace(size: number): Promise<boolean> {
    try {
      const { bavail, bsize } = await statfs(this.folder);
      return bavail * bsize >= size + RESERVE;
    } catch {
      return true;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopLooking();
    await this.groups.exclusive(async () => {
      this.stopLooking();
      await closeAll(
        () => this.checked.close(),
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
