import { notFound } from '../../core/errors.js';
import type { Resource } from '../../core/resource.js';
import type { UnwoundItem } from '../../store/port.js';
import type { Call } from './call.js';
import type { Effect } from './effect.js';
import type { ScopedReads } from './scoped-reads.js';

/** The restricting rule that hides a task from who has rejected it. */
const REJECTED = 'task-rules/rejected';

/**
 * Whether the principal may know of the task, for the effect: reads it, or does not find it in a way that the effect
 * allows for. What another rule hides, as one of the access rules grid or a duty, is as if it were not there.
 * @throws CouldNotTell
 */
export function isKnown(asker: Call, resource: Resource, { operations, facts, unread }: Effect): boolean {
  if (asker.allows('task:read', resource)) return true;
  if (unread === undefined) return false;
  const { permitted, rules } = asker.against('task:read', resource);
  // Users who would see the task but for their own rejection learn what else is missing.
  if (unread === 'rejected') return permitted && rules.length > 0 && rules.every((rule) => rule === REJECTED);
  return rules.length === 0 && operations.every((operation) => asker.allows(operation, resource, facts));
}

/**
 * A task by its id, for an effect that its principal may have on some tasks without reading them: who has rejected a
 * task no longer finds it, and a starter may escalate what others do.
 */
export class UnreadTask {
  constructor(
    readonly id: string,
    readonly effect: Effect,
    /** As this call has just found it. */
    readonly row?: UnwoundItem,
  ) {}

  /** @throws AccessDenied `not-found` */
  static async find(
    { reads }: { readonly reads: Pick<ScopedReads, 'wholeOfItem'> },
    call: Call,
    id: string,
    effect: Effect,
  ): Promise<UnreadTask> {
    return new UnreadTask(id, effect, await unreadRow(reads, call, { id, effect }));
  }
}

/** @throws AccessDenied `not-found` */
export async function unreadRow(
  reads: Pick<ScopedReads, 'wholeOfItem'>,
  asker: Call,
  { id, effect }: Pick<UnreadTask, 'id' | 'effect'>,
): Promise<UnwoundItem> {
  const instance = await reads.wholeOfItem(id);
  const item = instance?.items?.find((entry) => entry.id === id);
  if (instance === undefined || item === undefined) throw notFound('task');
  if (!isKnown(asker, { item, instance }, effect)) throw notFound('task');
  return { ...instance, items: item };
}
