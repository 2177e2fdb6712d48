import { setImmediate } from 'node:timers/promises';
import { ticks } from '../../core/clock.js';
import { SPACES, type Change, type Space } from './bytes.js';
import { damaged, nameOf, NO_BYTES, placeOf, seal } from './checksum.js';
import { assertSame, isSame, Tally, type Commit } from './commit.js';
import { entriesOf, idIn } from './index-entries.js';
import { documentIn } from './instance-bytes.js';

/** The values of a part of an examination, and about their size in bytes. */
const PART = { values: 500, bytes: 2_000_000 };
/** Milliseconds between two turns of other work, though the values of a part arrive together. */
const LONGEST = 10;
const EXAMINED: readonly Space[] = SPACES.filter((space) => space !== 'format');
const INSTANCES = EXAMINED.indexOf('instance');

/** A value, as it is stored now. */
export interface Examined {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly sum: number;
  /** Only of instances that have an index. */
  readonly value?: Uint8Array;
}

/** A change with the checksums of the value before and after it; undefined for none. */
export interface Counted extends Pick<Change, 'space' | 'key'> {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The entries that an instance ought to have. @throws CouldNotTell `store-damaged` when it is none */
function entriesIn(key: string, value: Uint8Array): Iterable<string> {
  try {
    return entriesOf(documentIn(value));
  } catch (cause) {
    throw damaged(`${nameOf('instance', key)} is no instance`, cause);
  }
}

/**
 * An examination of all values, in parts between which the store is used: what is written to a place that was examined
 * before is taken into account. Finds values that are damaged, lost or outdated, and differences between the instances
 * and their index.
 */
export class Examination {
  private space = 0;
  /** The values of the space with a key below this one have been examined. */
  private from = '';
  private readonly all = new Tally();
  /** The entries of the index, and those that the examined instances ought to have. */
  private readonly entries = new Tally();
  private readonly wanted = new Tally();

  /** @param values the values of a space from a key on. @param commit the last commit at the time of the call */
  constructor(
    private readonly values: (space: Space, from: string) => AsyncIterable<Examined>,
    private readonly isIndexed: boolean,
    private readonly commit: () => Commit,
  ) {}

  /** Number of values that were examined and are still stored. */
  get count(): number {
    return this.all.commit(0).count;
  }

  /**
   * Examines a part; nothing may be written meanwhile.
   * @returns true when all is examined
   * @throws CouldNotTell `store-damaged`, naming the first value that is not what was written
   */
  async next(): Promise<boolean> {
    const space = EXAMINED[this.space];
    if (space === undefined) return true;
    let [count, size, until] = [0, 0, ticks() + LONGEST];
    for await (const { key, value, size: bytes, sum } of this.values(space, this.from)) {
      this.add(space, key, value, sum);
      this.from = `${key}\0`;
      size += bytes;
      if (++count >= PART.values || size >= PART.bytes) return false;
      if (ticks() >= until) {
        await setImmediate();
        until = ticks() + LONGEST;
      }
    }
    this.space++;
    this.from = '';
    if (this.space < EXAMINED.length) return false;
    this.assertWhole();
    return true;
  }

  private add(space: Space, key: string, value: Uint8Array | undefined, sum: number): void {
    // First what can fail: a part that is tried again must not count a value twice.
    const entries = space === 'instance' && value !== undefined ? entriesIn(key, value) : [];
    this.all.change(undefined, sum);
    if (space === 'index') this.entries.change(undefined, sum);
    for (const entry of entries) this.wanted.change(undefined, seal(placeOf('index', entry), NO_BYTES).sum);
  }

  private assertWhole(): void {
    assertSame(this.commit(), this.all);
    if (this.isIndexed && !isSame(this.entries, this.wanted))
      throw damaged('the entries of its index are not those of its instances');
  }

  private isExamined(space: number, key: string): boolean {
    return space < this.space || (space === this.space && compare(key, this.from) < 0);
  }

  /** Takes a change into account that was written between two parts. */
  changed({ space, key, before, after }: Counted): void {
    if (this.isExamined(EXAMINED.indexOf(space), key)) {
      this.all.change(before, after);
      if (space === 'index') this.entries.change(before, after);
    }
    // A write changes an instance together with its entries.
    if (space === 'index' && this.isExamined(INSTANCES, idIn(key))) this.wanted.change(before, after);
  }
}
