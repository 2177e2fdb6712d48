import { Conflict } from '../../core/errors.js';
import type { StoredInstance } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';

/** What of an instance is suspended: all of it, or some items with the events on their boundary. */
export interface Suspended {
  readonly all: boolean;
  readonly items: ReadonlySet<string>;
}

export const NOT_SUSPENDED: Suspended = Object.freeze({ all: false, items: new Set<string>() });

interface StoredToken {
  readonly id?: unknown;
  readonly originItem?: unknown;
}

/** What of a stored instance is suspended. */
export function suspendedOf(instance: StoredInstance): Suspended {
  if (instance.guard?.suspension !== undefined) return { all: true, items: NOT_SUSPENDED.items };
  const items = itemsOf(instance);
  const ids = new Set(items.filter(({ guard }) => guard?.suspended === true).map(({ id }) => id));
  if (ids.size === 0) return NOT_SUSPENDED;
  const attached = new Set(
    ((instance.tokens ?? []) as StoredToken[])
      .filter(({ originItem }) => ids.has(originItem as string))
      .map(({ id }) => id),
  );
  for (const { id, tokenId, type } of items)
    if (type === 'bpmn:BoundaryEvent' && attached.has(tokenId)) ids.add(id);
  return { all: false, items: ids };
}

/** Whether the item waits until it, its task or its instance is resumed. */
export const isSuspended = ({ all, items }: Suspended, itemId: string): boolean => all || items.has(itemId);

/**
 * The running command, if it may act.
 * @throws Conflict `wrong-state` if its instance, or that item of it, is suspended
 */
export function awake<C extends { readonly suspended: Suspended }>(
  command: C | undefined,
  itemId?: string,
): C | undefined {
  if (command?.suspended.all === true) throw new Conflict('wrong-state', 'The instance is suspended.');
  if (itemId !== undefined && command?.suspended.items.has(itemId) === true)
    throw new Conflict('wrong-state', 'The task is suspended.');
  return command;
}
