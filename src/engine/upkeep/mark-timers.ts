import type { Store } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { hasTimers } from '../model/derive.js';

/** Instances that are marked at once: the others follow, nothing depends on it but the cost of a start. */
const MOST = 500;
const UNREAD = [...LARGE_FIELDS, 'items', 'data', 'loops', 'tokens'];

/**
 * Marks running instances that an earlier release stored by whether a timer waits, so that a start finds it by the
 * mark. Like reindexing it leaves the revision as it is: a running command writes the mark of its own outcome.
 */
export async function markTimers({ instances }: Pick<Store, 'instances'>): Promise<void> {
  const filter = { status: 'running', 'guard.timers': null, 'guard.rev': { $type: 'number' } };
  for (const { id } of await instances.find({ filter, limit: MOST, without: UNREAD })) {
    const instance = await instances.load(id, LARGE_FIELDS);
    const { guard } = instance ?? {};
    if (instance === undefined || guard === undefined || guard.timers !== undefined) continue;
    const marked = { ...guard, timers: hasTimers(instance) };
    await instances.update(id, guard.rev, { guard: marked }, undefined, instance);
  }
}
