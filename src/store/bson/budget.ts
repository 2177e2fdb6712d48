import { ticks } from '../../core/clock.js';
import { BadInput } from '../../core/errors.js';
import { sortInTurns, type Turns } from '../turns.js';

/**
 * Counts work.
 * @param ofDocument as how many steps it counts against those of the document; missing: as many
 * @throws BadInput `too-expensive` when a query exceeds its steps
 */
export type Spend = (steps: number, ofDocument?: number) => void;

/** Steps per query: some 20 to 60 ns each, and up to 160 ns within patterns. */
const QUERY_STEPS = 4_000_000;
/** Steps per document. A document is processed without a pause, so this bounds how long it blocks the process. */
const DOCUMENT_STEPS = 750_000;
/** Steps between two looks at the clock. */
const LOOK_EVERY = 2000;

/** For work that is always small. */
export const free: Spend = () => undefined;

function refuse(): never {
  throw new BadInput(
    'too-expensive',
    'The query takes more steps or time than allowed: ask for less, or filter by indexed fields (id, name).',
  );
}

/** The work of one query: counts its steps, and yields to other work. */
export class Work {
  /** The remaining steps of the query after those of this document; below zero if it may take all of them. */
  private end = QUERY_STEPS - DOCUMENT_STEPS;
  private look = QUERY_STEPS - LOOK_EVERY;
  /** The remaining steps of the query. */
  private steps = QUERY_STEPS;
  /** Later by the time that it has waited for other work. */
  private began = ticks();

  /** @param most milliseconds of its own work and of the disk's, which may take long for few steps */
  constructor(
    private readonly turns: Turns,
    private readonly most = turns.most,
  ) {}

  /** @throws BadInput `too-expensive` */
  readonly spend: Spend = (steps, ofDocument = steps) => {
    this.steps -= steps;
    this.end += ofDocument - steps;
    if (this.steps < 0 || this.steps < this.end) refuse();
  };

  /**
   * Call it between two documents. If true, await `next` before going on; data that was read before may have changed
   * by then.
   * @throws BadInput `too-expensive` when the query has taken too long
   */
  isOver(): boolean {
    this.end = this.steps - DOCUMENT_STEPS;
    if (this.steps > this.look) return false;
    this.look = this.steps - LOOK_EVERY;
    if (ticks() - this.began > this.most) refuse();
    return this.turns.isOver();
  }

  async next(): Promise<void> {
    const from = ticks();
    await this.turns.next();
    this.began += ticks() - from;
  }

  /** Sorts in turns; the sort is stable. Spend its steps first. */
  sort<T>(list: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
    return sortInTurns(list, compare, this.turns);
  }
}
