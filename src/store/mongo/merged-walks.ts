import type { Collection, Document, FindOptions } from 'mongodb';
import type { InstancePlan, StoredInstance } from '../port.js';
import { Budget } from '../query/budget.js';
import { sizesOf } from '../query/paging.js';
import { Selection } from '../query/selection.js';
import { conjunction, markFilter, portions } from './query.js';
import { beyond, hexOf, inOrder, type Way } from './streams.js';
import type { Tested } from './taken.js';

/**
 * A page by age of more marks than one query merges. Of the rows that are skipped, only ids leave the database, unless
 * they are tested here.
 */
export async function mergedPage(
  instances: Collection<Document>,
  plan: InstancePlan,
  way: Way,
  options: FindOptions,
  tested: Tested | undefined,
): Promise<StoredInstance[]> {
  const { filter, marks, skip = 0, limit = Infinity, bytes } = plan;
  const walk = (most: number, more: FindOptions, from?: string): AsyncGenerator<Document> => {
    const limited = tested === undefined && Number.isFinite(most) ? { limit: most } : { allowDiskUse: true };
    const walks = portions(marks).map((some) => {
      const where = conjunction(markFilter(some), filter, beyond(from, way));
      const found = instances.find(where, { ...more, ...limited, sort: { _id: way } });
      return tested === undefined ? found : tested.rows(found);
    });
    return inOrder(walks, way);
  };
  let from: string | undefined;
  let skipped = 0;
  if (tested === undefined && skip > 0)
    for await (const row of walk(skip, { projection: { _id: 1 } })) {
      from = hexOf(row);
      if (++skipped === skip) break;
    }
  if (tested === undefined && skipped < skip) return [];
  const size = sizesOf();
  const sizeOf = (row: StoredInstance): number => size.instance(row);
  const page = new Selection<StoredInstance>({ skip: skip - skipped, limit, bytes }, sizeOf);
  for await (const row of walk(limit, options, from)) if (!page.add(row as StoredInstance)) break;
  return new Budget(bytes).within(page.rows, sizeOf);
}
