import {
  and,
  eq,
  exists,
  isIn,
  not,
  NOTHING,
  or,
  some,
  type Condition,
  type Reference,
} from '../../condition/condition.js';
import type { TaskOf } from './duty.js';

const ME: Reference = Object.freeze({ ref: 'user', path: 'userName' });
const ITEMS = 'instance.items';
/** What the other instances of the case tell: per task, who has done it and who has it. */
const DID = 'instance.guard.did';

/** The states in which a task can still be done. */
const UNDONE = Object.freeze(['enter', 'start', 'wait']);
/** The task in question can still be done; what has been done is history. */
export const WAITS: Condition = isIn('item.status', UNDONE);
/** The task in question is assigned to the principal, or lent by it. */
const IS_MINE: Condition = or(eq('item.assignee', ME), eq('item.guard.owner', ME));

/** It was done. What was cut off, by an event or with its instance, has no end. */
const DONE: Condition = and(eq('item.status', 'end'), exists('item.endedAt'));
/** Someone did it, and it is not known who, as in instances stored without the guard. */
const BY_UNKNOWN: Condition = and(DONE, exists('item.guard.completedBy', false));

/** Statements about one task of the case. */
interface Statements {
  /** The principal has done it. */
  readonly iDid: Condition;
  /** Somebody did, and it is not known who. */
  readonly byUnknown: Condition;
  /** Somebody has done it. */
  readonly anyDid: Condition;
  /** The principal has it, and has not done it yet. */
  readonly iHold: Condition;
  readonly anyHolds: Condition;
}

/** A condition on the names of tasks at a field. */
const named = (field: string, names: readonly string[]): Condition =>
  names.length === 1 ? eq(field, names[0] as string) : isIn(field, names);

function inSameInstance(tasks: readonly string[]): Statements {
  if (tasks.length === 0) return NEVER;
  const item = (...conditions: Condition[]): Condition =>
    some(ITEMS, and(named('item.elementId', tasks), ...conditions));
  const holds = (who: (field: string) => Condition): Condition =>
    item(WAITS, or(who('item.assignee'), who('item.guard.owner')));
  return {
    iDid: item(eq('item.guard.completedBy', ME)),
    byUnknown: item(BY_UNKNOWN),
    anyDid: item(or(exists('item.guard.completedBy'), DONE)),
    iHold: holds((field) => eq(field, ME)),
    anyHolds: holds((field) => exists(field)),
  };
}

function inOtherInstances(tasks: readonly TaskOf[]): Statements {
  if (tasks.length === 0) return NEVER;
  const models = [...new Set(tasks.map(({ model }) => model))];
  const isNamed = or(
    ...models.map((model) =>
      and(
        eq('item.model', model),
        named(
          'item.task',
          tasks.filter((one) => one.model === model).map(({ task }) => task),
        ),
      ),
    ),
  );
  const fact = (condition: Condition): Condition => some(DID, and(isNamed, condition));
  const unknown = eq('item.unknown', true);
  return {
    iDid: fact(eq('item.done', ME)),
    byUnknown: or(fact(unknown), UNTOLD),
    anyDid: fact(or(exists('item.done'), unknown)),
    iHold: fact(eq('item.held', ME)),
    anyHolds: fact(exists('item.held')),
  };
}

/** A called process stored before facts about its case were: nothing is known of its callers. */
const UNTOLD: Condition = and(exists('instance.parentItemId'), exists('instance.guard.root', false));

const NEVER: Statements = Object.freeze({
  iDid: NOTHING,
  byUnknown: NOTHING,
  anyDid: NOTHING,
  iHold: NOTHING,
  anyHolds: NOTHING,
});

/** Statements about any of the tasks, as seen from one task. */
function about(facts: readonly TaskOf[], from: TaskOf): Statements {
  const isAnywhere = (fact: TaskOf): boolean => fact.anywhere || from.anywhere;
  const here = facts.filter((fact) => !isAnywhere(fact) || fact.model === from.model);
  const inside = inSameInstance(here.map(({ task }) => task));
  const outside = inOtherInstances(facts.filter(isAnywhere));
  const either = (name: keyof Statements): Condition => or(inside[name], outside[name]);
  return {
    iDid: either('iDid'),
    byUnknown: either('byUnknown'),
    anyDid: either('anyDid'),
    iHold: either('iHold'),
    anyHolds: either('anyHolds'),
  };
}

/**
 * The principal may not do `from`: it did one of the other tasks, or has it. Of two that it has already, it may do
 * one.
 */
export function didToo(others: readonly TaskOf[], from: TaskOf): Condition {
  const { iDid, byUnknown, iHold } = about(others, from);
  return or(iDid, byUnknown, and(not(IS_MINE), iHold));
}

/** The principal may not do `from`: somebody else did the other task, or has it. */
export function someoneElseDid(other: TaskOf, from: TaskOf): Condition {
  const { iDid, byUnknown, anyDid, iHold, anyHolds } = about([other], from);
  return or(and(or(anyDid, byUnknown), not(iDid)), and(not(IS_MINE), anyHolds, not(or(iDid, iHold))));
}

/** The principal started the case, or it is not known who did. */
export const STARTED_IT: Condition = or(
  eq('instance.guard.startedBy', ME),
  exists('instance.guard.startedBy', false),
  eq('instance.guard.callers', ME),
  UNTOLD,
);
