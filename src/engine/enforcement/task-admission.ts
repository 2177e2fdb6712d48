import { AccessDenied } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { StoredItem } from '../../store/port.js';
import { namesIn } from '../model/derive.js';
import { TRANSITIONS } from '../model/task-state.js';
import type { Call } from './call.js';
import type { CheckedAssignment } from './caller-input.js';
import type { Effect } from './effect.js';

const admitted = (operation: Operation, states: Effect['states']): Effect => ({
  operations: [operation],
  states,
});
export const COMPLETE: Effect = {
  ...admitted('task:execute', TRANSITIONS.complete),
  administratorsToo: ['delegated'],
};
export const TAKE = admitted('task:take', TRANSITIONS.take);
export const RELEASE = admitted('task:take', TRANSITIONS.release);
export const ASSIGN = admitted('task:assign', TRANSITIONS.assign);
export const DELEGATE = admitted('task:delegate', TRANSITIONS.delegate);
export const RESOLVE = admitted('task:delegate', TRANSITIONS.resolve);
export const REJECT: Effect = { ...admitted('task:reject', TRANSITIONS.reject), unread: 'rejected' };
export const UNDO_REJECT: Effect = {
  ...admitted('task:reject', TRANSITIONS.undoReject),
  facts: Object.freeze({ undo: true }),
  unread: 'rejected',
};
export const ESCALATE: Effect = { ...admitted('task:escalate', TRANSITIONS.escalate), unread: 'unnamed' };
export const SUSPEND = admitted('task:suspend', TRANSITIONS.suspend);
export const RESUME = admitted('task:suspend', TRANSITIONS.resume);

/** Adds the operation for data that comes with an assignment: it is written as completing the task would write it. */
export const withData = (effect: Effect): Effect => ({
  operations: [...effect.operations, 'task:execute'],
  states: effect.states.filter((state) => COMPLETE.states.includes(state)),
  administratorsToo: effect.states.filter((state) => COMPLETE.administratorsToo?.includes(state)),
});

/**
 * A task is released by its assignee or by an administrator. A task in another state may still have the same
 * assignee.
 */
export function releaseEffect({ principal }: Call, item: StoredItem, bypass: boolean): Effect {
  const holder = namesIn(item.assignee)[0];
  if (holder !== undefined && holder !== principal.userName && !principal.isAdmin() && !bypass) {
    throw new AccessDenied('forbidden', 'You may not do this (task:take): the task is not assigned to you.');
  }
  return RELEASE;
}

/** Derives the operations of `assign` from what it sets: take or release, assign, or both. */
export function assignEffect(
  call: Call,
  assignment: CheckedAssignment,
  item: StoredItem,
  bypass: boolean,
): Effect {
  const { assignee, fields, extras } = assignment;
  const own = ofAssignee(call, assignee, item, bypass);
  const setsMore = Object.keys(fields).length + Object.keys(extras).length > 0;
  if (own === ASSIGN || !setsMore) return own;
  return {
    operations: [...own.operations, 'task:assign'],
    states: own.states.filter((state) => ASSIGN.states.includes(state)),
  };
}

function ofAssignee(
  call: Call,
  assignee: string | null | undefined,
  item: StoredItem,
  bypass: boolean,
): Effect {
  if (assignee === null) return releaseEffect(call, item, bypass);
  const { principal } = call;
  return assignee === principal.userName &&
    namesIn(item.assignee)[0] !== principal.userName &&
    !principal.isAdmin()
    ? TAKE
    : ASSIGN;
}
