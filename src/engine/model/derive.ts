import { normaliseName } from '../../core/principal.js';
import { token } from '../../core/token.js';
import type { InstanceGuard, ItemGuard, StoredInstance, StoredItem } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored-items.js';

export const USER_TASK = 'bpmn:UserTask';
export const CALL_ACTIVITY = 'bpmn:CallActivity';

/** The names in a field that holds one, several, or none; upstream stores a single candidate as a text. */
export function namesIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((entry): entry is string => typeof entry === 'string' && entry !== '');
}

const isUserTask = (item: StoredItem): boolean => namesIn(item.type).includes(USER_TASK);
const waits = (item: StoredItem): boolean => item.status === 'wait';

/** Nobody but an administrator may do it (spec 08, 2). */
function isClosed(item: StoredItem, kept: ItemGuard): boolean {
  return (
    isUserTask(item) &&
    kept.open !== true &&
    [item.assignee, item.candidateUsers, item.candidateGroups].every((value) => namesIn(value).length === 0)
  );
}

/** What stands at the item itself: what is kept for it, and what follows from its fields. */
export function itemGuard(item: StoredItem, kept: ItemGuard, startedBy: string | undefined): ItemGuard {
  const closed = isClosed(item, kept);
  const guard: ItemGuard = { ...kept, ...(startedBy === undefined ? {} : { startedBy }) };
  delete guard.closed;
  if (closed) guard.closed = true;
  return guard;
}

function itemTokens(tenantId: string | undefined, item: StoredItem): string[] {
  const guard = item.guard ?? {};
  const users = [...namesIn(item.assignee), ...namesIn(item.candidateUsers), ...namesIn(guard.owner)];
  return [
    ...users.map((name) => token(tenantId, 'u', name)),
    ...namesIn(item.candidateGroups).map((name) => token(tenantId, 'g', name)),
    ...(guard.open === true ? [token(tenantId, 'o')] : []),
    ...(guard.closed === true ? namesIn(guard.startedBy).map((name) => token(tenantId, 'u', name)) : []),
  ];
}

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

/**
 * The tokens of an instance whose items carry their `guard`: `read` for all who may find it, `open` for all who may
 * find something that waits in it. Each is never too narrow (spec 08, 12 and 13).
 */
export function instanceTokens(
  instance: StoredInstance,
  startedBy: unknown,
): { read: string[]; open: string[] } {
  // What is no name is nobody's tenant; of several names each is one, as in the condition of the policy.
  const named = namesIn(instance.tenantId);
  const tokens = (named.length === 0 ? [undefined] : named).map((tenantId) =>
    tokensOf(tenantId, itemsOf(instance), startedBy),
  );
  return { read: union(tokens.map(({ read }) => read)), open: union(tokens.map(({ open }) => open)) };
}

function tokensOf(
  tenantId: string | undefined,
  items: readonly StoredItem[],
  startedBy: unknown,
): { read: string[]; open: string[] } {
  const tasks = items.filter(isUserTask);
  const starter = namesIn(startedBy).map((name) => token(tenantId, 'u', name));
  const completers = tasks
    .flatMap((item) => namesIn(item.guard?.completedBy))
    .map((name) => token(tenantId, 'u', name));
  const read = [...starter, ...completers, ...tasks.flatMap((item) => itemTokens(tenantId, item))];
  const othersWait = items.some((item) => waits(item) && !isUserTask(item));
  const open = [
    ...tasks.filter(waits).flatMap((item) => itemTokens(tenantId, item)),
    ...(othersWait ? read : []),
  ];
  return { read, open };
}

/** Gives every item its `guard` and the instance its tokens; changes the document that it is given. */
export function deriveGuard(instance: StoredInstance, guard: InstanceGuard): void {
  for (const item of itemsOf(instance))
    item.guard = itemGuard(item, guard.items?.[item.id] ?? {}, guard.startedBy);
  Object.assign(guard, instanceTokens(instance, guard.startedBy));
  instance.guard = guard;
}

/** Names as they are stored: a list without doubles; what is no name is left out. */
export function cleanNames(values: readonly unknown[]): string[] {
  const names = values
    .map((value) => normaliseName(typeof value === 'number' ? String(value) : value))
    .filter((name) => name !== undefined);
  return [...new Set(names)];
}
