import { AccessDenied } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { StoredItem } from '../../store/port.js';
import { namesIn } from '../model/derive.js';
import { TRANSITIONS } from '../model/task-state.js';
import type { Call } from './call.js';
import type { CheckedAssignment } from './caller-input.js';
import type { Admitted } from './command-parts.js';

const admitted = (operation: Operation, states: Admitted['states']): Admitted => ({
  operations: [operation],
  states,
});
export const COMPLETE: Admitted = {
  ...admitted('task:execute', TRANSITIONS.complete),
  administratorsToo: ['delegated'],
};
export const TAKE = admitted('task:take', TRANSITIONS.take);
const RELEASE = admitted('task:take', TRANSITIONS.release);
export const ASSIGN = admitted('task:assign', TRANSITIONS.assign);
export const DELEGATE = admitted('task:delegate', TRANSITIONS.delegate);
export const RESOLVE = admitted('task:delegate', TRANSITIONS.resolve);

/** An assignment that brings data with it, which is written as completing the task would write it. */
export const withData = (meant: Admitted): Admitted => ({
  operations: [...meant.operations, 'task:execute'],
  states: meant.states.filter((state) => COMPLETE.states.includes(state)),
  administratorsToo: meant.states.filter((state) => COMPLETE.administratorsToo?.includes(state)),
});

/** A task is given back by who has it, or an administrator; another state is not another person. */
export function giving({ principal }: Call, item: StoredItem, bypass: boolean): Admitted {
  const holder = namesIn(item.assignee)[0];
  if (holder !== undefined && holder !== principal.userName && !principal.isAdmin() && !bypass) {
    throw new AccessDenied('forbidden', 'You may not do this (task:take): it takes one of: assigned to you.');
  }
  return RELEASE;
}

/** What `assign` means depends on what it sets: a take or a release, an assignment, or both. */
export function meaning(
  call: Call,
  assignment: CheckedAssignment,
  item: StoredItem,
  bypass: boolean,
): Admitted {
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
): Admitted {
  if (assignee === null) return giving(call, item, bypass);
  const { principal } = call;
  return assignee === principal.userName &&
    namesIn(item.assignee)[0] !== principal.userName &&
    !principal.isAdmin()
    ? TAKE
    : ASSIGN;
}
