import type { InstancePlan, StoredInstance } from '../port.js';
import { Budget, isCut, markCut } from '../query/budget.js';
import { sizesOf } from '../query/paging.js';
import { byAge } from './query.js';

/** What several walks have found together. */
export interface Merged {
  readonly rows: readonly StoredInstance[];
  /** One of the walks was cut: the rows end at its last one, and others follow. */
  readonly isCut: boolean;
}

/** Merges the pages of several walks. */
export function merged(walks: readonly StoredInstance[][], direction: 1 | -1): Merged {
  const ends = walks.filter(isCut).map((walk) => String(walk.at(-1)?._id));
  const isBefore = (id: string, end: string): boolean => (direction === 1 ? id <= end : id >= end);
  const rows = byAge(walks, direction).filter(({ _id }) => ends.every((end) => isBefore(String(_id), end)));
  return { rows, isCut: ends.length > 0 };
}

/** The rows of a page, as far as they fit. */
export function pageOf(
  { rows, isCut }: Merged,
  { skip = 0, limit = Infinity, bytes }: Pick<InstancePlan, 'skip' | 'limit' | 'bytes'>,
): StoredInstance[] {
  const size = sizesOf();
  const page = new Budget(bytes).within(rows.slice(skip, skip + limit), (row) => size.instance(row));
  return isCut && page.length < limit ? markCut(page) : page;
}
