import { BadInput } from '../../core/errors.js';

/** Counts work. @throws BadInput `too-expensive` when a query has taken more steps than it may */
export type Spend = (steps: number) => void;

/** Steps of one query: some 20 to 40 ns each, in which nothing else of the process runs. */
export const QUERY_STEPS = 4_000_000;

/** For what is small by itself. */
export const free: Spend = () => undefined;

/** Counts the steps of one query. */
export function budget(steps = QUERY_STEPS): Spend {
  let left = steps;
  return (taken) => {
    left -= taken;
    if (left < 0)
      throw new BadInput(
        'too-expensive',
        'The query takes more steps than one query may: ask for less, or name fields that have an index (id, name).',
      );
  };
}
