import { isGuardError } from '../../core/errors.js';
import type { Filter, InstanceStore } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';

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
  const plan = { filter, bytes: PAGE_BYTES, without: WITHOUT };
  let count = 0;
  for await (const rows of walk(PAGE, (page) => instances.find({ ...plan, ...page }), placeOfInstance))
    count += rows.length;
  return count;
}
