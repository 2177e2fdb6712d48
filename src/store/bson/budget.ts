import { BadInput } from '../../core/errors.js';
import { sortInTurns, type Turns } from '../turns.js';

/** Counts work. @throws BadInput `too-expensive` when a query has taken more steps than it may */
export type Spend = (steps: number) => void;

/** Steps of one query: some 20 to 60 ns each, and up to 160 ns within patterns. */
export const QUERY_STEPS = 4_000_000;
/** Of these, what may be taken in one go: on one document. Until it is done, nothing else of the process runs. */
export const DOCUMENT_STEPS = 750_000;
/** After so many steps it is looked at the clock. */
const LOOK_EVERY = 2000;

/** For what is small by itself. */
export const free: Spend = () => undefined;

function refuse(): never {
  throw new BadInput(
    'too-expensive',
    'The query takes more steps than one query may: ask for less, or name fields that have an index (id, name).',
  );
}

/** The work of one query: it counts its steps, and makes way for others. */
export class Work {
  /** What is left of the query's steps when those of this document are used up. */
  private end = QUERY_STEPS - DOCUMENT_STEPS;
  private look = QUERY_STEPS - LOOK_EVERY;
  private left = QUERY_STEPS;

  constructor(private readonly turns: Turns) {}

  /** @throws BadInput `too-expensive` */
  readonly spend: Spend = (steps) => {
    this.left -= steps;
    if (this.left < this.end) refuse();
  };

  /**
   * To be asked between two documents. True: to await `next` before going on; what was read before may have been
   * changed when it comes back.
   */
  isOver(): boolean {
    this.end = Math.max(0, this.left - DOCUMENT_STEPS);
    if (this.left > this.look) return false;
    this.look = this.left - LOOK_EVERY;
    return this.turns.isOver();
  }

  next(): Promise<void> {
    return this.turns.next();
  }

  /** Sorts in turns; what is equal keeps its order. Its steps are to be spent before. */
  sort<T>(list: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
    return sortInTurns(list, compare, this.turns);
  }
}
