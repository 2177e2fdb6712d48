import type { InstanceGuard, ItemGuard } from '../../store/port.js';
import { namesIn, USER_TASK } from './derive.js';
import type { HostDefinition, HostExecution } from './host.js';
import { roleOf } from './lanes.js';

const RESTRICTING = ['assignee', 'candidateUsers', 'candidateGroups'] as const;

interface LegacyItem {
  readonly id: string;
  readonly elementId?: string;
  readonly type?: string;
  readonly status?: string;
  readonly userName?: unknown;
  readonly [field: string]: unknown;
}

/** True when the model restricts the task to nobody, so that an unguarded host left it open to all on purpose. */
function declaresNobody(definition: HostDefinition, elementId: string | undefined): boolean {
  const node = elementId === undefined ? undefined : definition.nodes.get(elementId);
  if (node === undefined) return false;
  return (
    RESTRICTING.every((name) => (node.def.$attrs?.[`camunda:${name}`] ?? '').trim() === '') &&
    roleOf(node) === undefined
  );
}

/**
 * What an instance from before the guard has to be given: who started it (the start item's user, unless that is an
 * element's id, as messages and timers left it: spec 08, 14), and which of its tasks are open (08, 1).
 */
export function legacyGuard(items: readonly LegacyItem[], definition: HostDefinition): InstanceGuard {
  const kept: Record<string, ItemGuard> = {};
  for (const item of items) {
    const evaluated = item.status !== 'enter' && item.status !== 'start';
    const unnamed = RESTRICTING.every((name) => namesIn(item[name]).length === 0);
    if (item.type === USER_TASK && evaluated && unnamed && declaresNobody(definition, item.elementId))
      kept[item.id] = { open: true };
  }
  const guard: InstanceGuard = { rev: 0, items: kept };
  const starter = items[0]?.userName;
  if (typeof starter === 'string' && starter !== '' && !definition.nodes.has(starter))
    guard.startedBy = starter;
  return guard;
}

/** The same, for an instance that the host has just restored. */
export function adoptLegacy(execution: HostExecution): InstanceGuard {
  return legacyGuard(execution.getItems() as unknown as LegacyItem[], execution.definition);
}
