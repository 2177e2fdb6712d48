import { isGuardError } from '../../core/errors.js';
import type { Cursor, Filter, InstanceStore } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';

/** Instances per page, and bytes. */
const PAGE = 1000;
const PAGE_BYTES = 8 * 1024 * 1024;
const WITHOUT = [...LARGE_FIELDS, 'items', 'data', 'loops', 'tokens'];

/** Counts instances for maintenance, in pages where the count takes more steps than the store allows one query. */
export async function countAll(instances: InstanceStore, filter: Filter): Promise<number> {
  try {
    return await instances.count({ filter });
  } catch (error) {
    if (!isGuardError(error) || error.code !== 'too-expensive') throw error;
  }
  const page = { filter, limit: PAGE, bytes: PAGE_BYTES, without: WITHOUT };
  for (let [count, after]: [count: number, after: Cursor | undefined] = [0, undefined]; ;) {
    const rows = await instances.find({ ...page, after });
    const last = rows.at(-1);
    if (last === undefined) return count;
    count += rows.length;
    after = { id: String(last._id) };
  }
}
