import { USER_TASK } from '../../core/condition/element-types.js';
import type { StoredItem } from '../../store/port.js';
import { namesIn } from './derive.js';
import type { TaskState } from '../contract/types.js';

/** The state of a user task, derived from its item; undefined for other items. */
export function taskState(item: StoredItem): TaskState | undefined {
  if (item.type !== USER_TASK) return undefined;
  if (item.status === 'enter' || item.status === 'start') return 'starting';
  if (item.status !== 'wait') return 'done';
  const guard = item.guard ?? {};
  if (guard.suspended === true) return 'suspended';
  if (guard.owner !== undefined) return 'delegated';
  if (namesIn(item.assignee).length > 0) return 'assigned';
  if (guard.stuck === true) return 'rejected';
  if (guard.open === true) return 'open';
  return namesIn(item.candidateUsers).length + namesIn(item.candidateGroups).length > 0
    ? 'unclaimed'
    : 'closed';
}

const WAITING = ['open', 'unclaimed', 'rejected', 'assigned', 'delegated', 'closed'] as const;

/** The states in which each operation on a user task is allowed. The docs are generated from this table. */
export const TRANSITIONS = {
  // The model leaves a closed task to nobody; policies that administrators configure may name somebody for it.
  take: ['open', 'unclaimed', 'rejected', 'closed'],
  release: ['assigned'],
  assign: WAITING,
  delegate: ['assigned'],
  resolve: ['delegated'],
  reject: ['open', 'unclaimed', 'rejected', 'closed'],
  undoReject: ['open', 'unclaimed', 'rejected', 'closed'],
  escalate: WAITING,
  suspend: WAITING,
  resume: ['suspended'],
  complete: ['open', 'unclaimed', 'rejected', 'assigned', 'closed'],
} as const satisfies Record<string, readonly TaskState[]>;
