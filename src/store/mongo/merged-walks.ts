import type { InstancePlan, StoredInstance } from '../port.js';
import { Budget, isCut, markCut } from '../query/budget.js';
import { sizesOf } from '../query/paging.js';
import { byAge } from './query.js';

/** Merges the pages of several walks. If one was cut, the result ends at its last row; the others follow later. */
export function merged(
  walks: readonly StoredInstance[][],
  { skip = 0, limit = Infinity, bytes }: InstancePlan,
  direction: 1 | -1,
): StoredInstance[] {
  const ends = walks.filter(isCut).map((walk) => String(walk.at(-1)?._id));
  const isBefore = (id: string, end: string): boolean => (direction === 1 ? id <= end : id >= end);
  const complete = byAge(walks, direction).filter(({ _id }) =>
    ends.every((end) => isBefore(String(_id), end)),
  );
  const size = sizesOf();
  const page = new Budget(bytes).within(complete.slice(skip, skip + limit), (row) => size.instance(row));
  return ends.length > 0 && page.length < limit ? markCut(page) : page;
}
