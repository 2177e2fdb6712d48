import { MARKS_FORMAT } from '../../core/mark.js';
import type { Store } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { hasTimers } from '../model/derive.js';

/** Instances that are marked at once: the others follow, nothing depends on it but the cost of a start. */
const MOST = 500;
const UNREAD = [...LARGE_FIELDS, 'items', 'data', 'loops', 'tokens'];

/**
 * Marks running instances that an earlier release stored by whether a timer waits, so that a start finds it by the
 * mark. It leaves the revision as it is: a running command writes the mark of its own outcome. Reindexing marks those
 * whose other marks are of another format.
 */
export async function markTimers({ instances }: Pick<Store, 'instances'>): Promise<void> {
  const filter = { status: 'running', 'guard.timers': null, 'guard.format': MARKS_FORMAT };
  for (const { id } of await instances.find({ filter, limit: MOST, without: UNREAD })) {
    const instance = await instances.load(id, LARGE_FIELDS);
    const { guard } = instance ?? {};
    if (instance === undefined || guard?.format !== MARKS_FORMAT || guard.timers !== undefined) continue;
    const marked = { ...guard, timers: hasTimers(instance) };
    await instances.update(id, guard.rev, { guard: marked });
  }
}
