import { USER_TASK } from '../../core/condition/element-types.js';
import type { InstanceGuard, ItemGuard } from '../../store/port.js';
import { restricts } from './assignment.js';
import { namesIn } from './derive.js';
import { PEOPLE } from './dialects/understood.js';
import type { HostDefinition, HostExecution } from './host.js';

interface LegacyItem {
  readonly id: string;
  readonly elementId?: string;
  readonly type?: string;
  readonly status?: string;
  readonly userName?: unknown;
  readonly [field: string]: unknown;
}

/** True if the model does not restrict the task, so that an unguarded host left it open to all on purpose. */
function declaresNobody(definition: HostDefinition, elementId: string | undefined): boolean {
  const node = elementId === undefined ? undefined : definition.nodes.get(elementId);
  return node !== undefined && !restricts(node);
}

/**
 * The guard's fields for an instance stored before the guard: its starter (the start item's user, unless that is an
 * element's id, as messages and timers leave it), and which of its tasks are open.
 */
export function legacyGuard(items: readonly LegacyItem[], definition: HostDefinition): InstanceGuard {
  const kept: Record<string, ItemGuard> = {};
  for (const item of items) {
    const evaluated = item.status !== 'enter' && item.status !== 'start';
    const unnamed = PEOPLE.every((name) => namesIn(item[name]).length === 0);
    if (item.type === USER_TASK && evaluated && unnamed && declaresNobody(definition, item.elementId))
      kept[item.id] = { open: true };
  }
  const guard: InstanceGuard = { rev: 0, items: kept };
  const starter = items[0]?.userName;
  if (typeof starter === 'string' && starter !== '' && !definition.nodes.has(starter))
    guard.startedBy = starter;
  return guard;
}

/** The same for an instance that the host has just restored. */
export function adoptLegacy(execution: HostExecution): InstanceGuard {
  return legacyGuard(execution.getItems() as unknown as LegacyItem[], execution.definition);
}
