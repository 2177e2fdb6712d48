import { ticks } from '../core/clock.js';

/** Milliseconds for which long work keeps everything else of the process waiting. */
const SLICE = 10;

/**
 * Lets long work make way: of all that is long, one part has its turn, and then timers, requests and answers have
 * theirs. Short work never waits.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  /** When the work of this turn of the event loop began. */
  private began: number | undefined;
  private isArmed = false;

  /** Whether what runs has run for long enough. To be asked often: it also finds out when work begins. */
  isOver(): boolean {
    const now = ticks();
    if (this.began === undefined) {
      this.began = now;
      this.arm();
    }
    return now - this.began > SLICE;
  }

  /** Resolves in a later turn of the event loop, when all who came before have had theirs. */
  next(): Promise<void> {
    this.arm();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Makes one thing of each row, one after the other. */
  async map<Row, Made>(rows: readonly Row[], make: (row: Row) => Made | Promise<Made>): Promise<Made[]> {
    const made: Made[] = [];
    for (const row of rows) {
      const one = make(row);
      made.push(one instanceof Promise ? await one : one);
      if (this.isOver()) await this.next();
    }
    return made;
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(() => {
      this.isArmed = false;
      this.began = undefined;
      const resolve = this.waiting.shift();
      if (resolve === undefined) return;
      if (this.waiting.length > 0) this.arm();
      resolve();
    });
  }
}

/** Rows that are sorted, or put together, in one go. */
const RUN = 2048;

/** Two sorted lists as one. */
async function merged<T>(left: T[], right: T[], compare: (a: T, b: T) => number, turns: Turns): Promise<T[]> {
  const rows: T[] = [];
  for (let [l, r] = [0, 0]; l < left.length || r < right.length;) {
    const isLeft = r === right.length || (l < left.length && compare(left[l] as T, right[r] as T) <= 0);
    rows.push((isLeft ? left[l++] : right[r++]) as T);
    if (rows.length % RUN === 0 && turns.isOver()) await turns.next();
  }
  return rows;
}

/** Sorts a list that may be long; what is equal keeps its order. */
export async function sortInTurns<T>(
  list: readonly T[],
  compare: (a: T, b: T) => number,
  turns: Turns,
): Promise<T[]> {
  if (list.length <= RUN) return [...list].sort(compare);
  const half = Math.ceil(list.length / 2);
  const left = await sortInTurns(list.slice(0, half), compare, turns);
  if (turns.isOver()) await turns.next();
  return merged(left, await sortInTurns(list.slice(half), compare, turns), compare, turns);
}
