import type { Turns } from '../turns.js';

const CUT = Symbol('cut');

/** Notes that rows end before the list does. */
export function markCut<Row>(rows: Row[]): Row[] {
  return Object.defineProperty(rows, CUT, {});
}

/** Whether rows that a store has given end because of the bytes of the plan: there are more. */
export const isCut = (rows: readonly unknown[]): boolean => CUT in rows;

/** Takes rows until they are worth more than so many bytes; the first one always. */
export class Budget {
  private spent = 0;
  /** A row was refused. */
  isSpent = false;

  constructor(private readonly bytes = Infinity) {}

  get isLimited(): boolean {
    return this.bytes !== Infinity;
  }

  take(size: () => number): boolean {
    if (this.isSpent) return false;
    if (!this.isLimited) return true;
    const first = this.spent === 0;
    this.spent += Math.max(1, size());
    return (this.isSpent = !first && this.spent > this.bytes) === false;
  }

  /** Those rows from the front that there is room for. */
  within<Row>(rows: readonly Row[], size: (row: Row) => number): Row[] {
    const taken: Row[] = [];
    for (const row of rows) {
      if (!this.take(() => size(row))) break;
      taken.push(row);
    }
    return this.isSpent ? markCut(taken) : taken;
  }

  /** The same, as `made` makes them of the rows; it makes way for others now and then. */
  async copied<Row, Made>(
    rows: readonly Row[],
    size: (row: Row) => number,
    made: (row: Row) => Made,
    turns: Turns,
  ): Promise<Made[]> {
    const taken: Made[] = [];
    for (const row of rows) {
      if (!this.take(() => size(row))) break;
      taken.push(made(row));
      if (turns.isOver()) await turns.next();
    }
    return this.isSpent ? markCut(taken) : taken;
  }
}
