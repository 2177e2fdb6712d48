import type { StoredItem } from '../../store/port.js';
import { namesIn, USER_TASK } from './derive.js';
import type { TaskState } from '../contract/types.js';

/** The state of a user task, derived from its item; undefined for other items. */
export function taskState(item: StoredItem): TaskState | undefined {
  if (item.type !== USER_TASK) return undefined;
  if (item.status === 'enter' || item.status === 'start') return 'starting';
  if (item.status !== 'wait') return 'done';
  const guard = item.guard ?? {};
  if (guard.owner !== undefined) return 'delegated';
  if (namesIn(item.assignee).length > 0) return 'assigned';
  if (guard.open === true) return 'open';
  return namesIn(item.candidateUsers).length + namesIn(item.candidateGroups).length > 0
    ? 'unclaimed'
    : 'closed';
}

/** The states in which each operation on a user task is allowed. The docs are generated from this table. */
export const TRANSITIONS = {
  take: ['open', 'unclaimed'],
  release: ['assigned'],
  assign: ['open', 'unclaimed', 'assigned', 'delegated', 'closed'],
  delegate: ['assigned'],
  resolve: ['delegated'],
  complete: ['open', 'unclaimed', 'assigned', 'closed'],
} as const satisfies Record<string, readonly TaskState[]>;
