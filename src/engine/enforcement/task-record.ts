import type { GuardEvent } from '../contract/types.js';
import type { Calls } from './calls.js';
import type { LockedTask } from './command-parts.js';
import type { Effect } from './effect.js';

/**
 * Writes an audit entry and notifies, once the command on the task is stored.
 * @param overrides the duties that an administrator overrode
 */
export function recordTask(
  { audit, events }: Pick<Calls, 'audit' | 'events'>,
  { operations: [operation] }: Effect,
  { call, instance, item, decision, command }: LockedTask,
  event: GuardEvent['event'],
  assignee?: string,
  overrides: readonly string[] = [],
): void {
  const ids = { instanceId: instance.id, itemId: item.id };
  command.afterwards.push(async () => {
    const target = { kind: 'task', id: item.id, instanceId: instance.id, name: item.elementId };
    const change = overrides.length === 0 ? {} : { overrides };
    await audit.allowed(call.principal, operation, target, decision, change);
    events.emit({
      event,
      userName: call.principal.userName,
      operation,
      ...ids,
      ...(item.elementId !== undefined && { elementId: item.elementId }),
      ...(instance.name !== undefined && { modelName: instance.name }),
      ...(assignee !== undefined && { assignee }),
    });
  });
}
