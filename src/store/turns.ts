import { ticks } from '../core/clock.js';
import type { InSteps } from '../core/in-steps.js';

/** Rows that are mapped without a look at the time. */
const FEW = 8;
/** Longest time in milliseconds for which long work may block the event loop. */
const SLICE = 10;

/**
 * Makes long work yield: one piece of long work runs per turn, and then timers, requests and answers are served. Short
 * work never waits.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  /** When work began in this turn of the event loop. */
  private began: number | undefined;
  private isArmed = false;

  /** @param most milliseconds for one query */
  constructor(readonly most = Infinity) {}

  /** True when the current work has run long enough. Call it often: it also detects the beginning of work. */
  isOver(): boolean {
    const now = ticks();
    if (this.began === undefined) {
      this.began = now;
      this.arm();
    }
    return now - this.began > SLICE;
  }

  /** Resolves in a later turn of the event loop, after all earlier waiters. */
  next(): Promise<void> {
    this.arm();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Lets others run if the current work has run long enough. */
  async giveWay(): Promise<void> {
    if (this.isOver()) await this.next();
  }

  /** Lets others run if work that began at that tick has run long enough; for work that is rarely long. */
  async giveWaySince(began: number): Promise<void> {
    if (ticks() - began > SLICE) await this.next();
  }

  /** Maps the rows one after the other. */
  async map<Row, Made>(rows: readonly Row[], make: (row: Row) => Made | Promise<Made>): Promise<Made[]> {
    const made: Made[] = [];
    for (const row of rows) {
      const one = make(row);
      made.push(one instanceof Promise ? await one : one);
      if (made.length % FEW === 0 && this.isOver()) await this.next();
    }
    return made;
  }

  /** Does long work, whose steps let others run. */
  async finish<T>(work: InSteps<T>): Promise<T> {
    for (;;) {
      const { done, value } = work.next();
      if (done === true) return value;
      if (this.isOver()) await this.next();
    }
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(() => {
      this.isArmed = false;
      this.began = undefined;
      const resolve = this.waiting.shift();
      if (resolve === undefined) return;
      this.arm();
      // The work that continues begins now, not at its first question.
      this.began = ticks();
      resolve();
    });
  }
}

/** Rows that are sorted or merged without a pause. */
const RUN = 2048;

/** Merges two sorted lists. */
async function merged<T>(left: T[], right: T[], compare: (a: T, b: T) => number, turns: Turns): Promise<T[]> {
  const rows: T[] = [];
  for (let [l, r] = [0, 0]; l < left.length || r < right.length;) {
    const isLeft = r === right.length || (l < left.length && compare(left[l] as T, right[r] as T) <= 0);
    rows.push((isLeft ? left[l++] : right[r++]) as T);
    if (rows.length % RUN === 0 && turns.isOver()) await turns.next();
  }
  return rows;
}

/** Sorts a list of any length; the sort is stable. */
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
