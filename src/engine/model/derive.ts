import { marksOfData } from '../../core/marks/data-marks.js';
import { USER_TASK } from '../../core/condition/element-types.js';
import { normaliseName } from '../../core/principal.js';
import {
  elementMark,
  inTenant,
  MARKS_FORMAT,
  OPEN_MARK,
  TENANT_MARK,
  type Mark,
} from '../../core/marks/mark.js';
import type { InstanceGuard, ItemGuard, StoredInstance, StoredItem } from '../../store/port.js';
import { normalise } from '../../store/bson/codec.js';
import { itemsOf } from '../../store/query/stored.js';
import { isPartOfCase, taskFacts } from './case-facts.js';
import { labelFacts } from './labels.js';
import { namesIn } from './names.js';

export { namesIn } from './names.js';

const isUserTask = (item: StoredItem): boolean => namesIn(item.type).includes(USER_TASK);
const waits = (item: StoredItem): boolean => item.status === 'wait';

/** Whether only an administrator may do it, or nobody is left who would. */
function isClosed(item: StoredItem, kept: ItemGuard): boolean {
  if (!isUserTask(item) || kept.open === true || namesIn(item.assignee).length > 0) return false;
  return (
    kept.stuck === true ||
    [item.candidateUsers, item.candidateGroups].every((value) => namesIn(value).length === 0)
  );
}

/** The guard's fields of an item: the stored ones, and those derived from the item's fields and its instance. */
function itemGuard(
  item: StoredItem,
  kept: ItemGuard,
  { startedBy, suspension }: Pick<InstanceGuard, 'startedBy' | 'suspension'>,
): ItemGuard {
  const closed = isClosed(item, kept);
  const guard: ItemGuard = { ...kept, ...(startedBy === undefined ? {} : { startedBy }) };
  delete guard.closed;
  delete guard.suspended;
  if (closed) guard.closed = true;
  if ((suspension ?? kept.suspension) !== undefined && waits(item)) guard.suspended = true;
  return guard;
}

const marksOf = (kind: 'u' | 'g' | 's' | 'm' | 'f', names: unknown): Mark[] =>
  namesIn(names).map((name): Mark => `${kind}:${name}`);

/** The people that an item names, whatever its type and state. */
function itemMarks(item: StoredItem): Mark[] {
  const guard = item.guard ?? {};
  return [
    ...[item.assignee, item.candidateUsers, guard.owner].flatMap((names) => marksOf('u', names)),
    ...marksOf('g', item.candidateGroups),
    ...(guard.open === true ? [OPEN_MARK] : []),
    ...(guard.closed === true ? marksOf('u', guard.startedBy) : []),
  ];
}

const elementMarks = (instance: StoredInstance, items: readonly StoredItem[]): Mark[] => {
  const elements = items.flatMap((item) => namesIn(item.elementId));
  return namesIn(instance.name).flatMap((model) => elements.map((element) => elementMark(model, element)));
};

/** The data as it will be stored: a model may have put values into it that are stored in another form. */
const storedData = ({ data }: StoredInstance, { dataPaths = [] }: InstanceGuard): unknown =>
  dataPaths.length === 0 ? undefined : normalise({ data }).data;

interface Marks {
  readonly read: string[];
  readonly open: string[];
}

/**
 * The marks of an instance whose items carry their `guard`. `read` covers the whole instance: people, holders of
 * labels among them, model, values of its data, elements of its user tasks, tenant. `open` covers waiting items, and
 * the starter and the holders of labels as `s:`. While something other than a user task waits, which the instance's
 * readers see too, `open` also contains all of `read`. Both may be too wide but never too narrow.
 */
function instanceMarks(instance: StoredInstance, guard: InstanceGuard): Marks {
  const { startedBy, roles, root, caseHolders } = guard;
  const items = itemsOf(instance);
  const waiting = items.filter(waits);
  const whole = [
    ...marksOf('m', instance.name),
    ...marksOfData(storedData(instance, guard), guard.dataPaths),
    TENANT_MARK,
  ];
  const people = [startedBy, ...Object.values(roles ?? {})];
  const read = [
    ...people.flatMap((names) => marksOf('u', names)),
    ...marksOf('f', root),
    ...marksOf('u', caseHolders?.users),
    ...marksOf('g', caseHolders?.groups),
    ...items.flatMap((item) => marksOf('u', item.guard?.completedBy)),
    ...items.flatMap(itemMarks),
    ...elementMarks(instance, items.filter(isUserTask)),
    ...whole,
  ];
  const open = [
    ...waiting.flatMap(itemMarks),
    ...elementMarks(instance, waiting),
    ...(waiting.length === 0 ? [] : [...people.flatMap((names) => marksOf('s', names)), ...whole]),
    ...(waiting.every(isUserTask) ? [] : read),
  ];
  return { read: stored(instance, read), open: stored(instance, open) };
}

/** A value that is not a name is not a tenant. Several names each count, as in the policy's condition. */
function stored(instance: StoredInstance, marks: readonly Mark[]): string[] {
  const named = namesIn(instance.tenantId);
  const tenants = named.length === 0 ? [undefined] : named;
  return [...new Set(tenants.flatMap((tenantId) => marks.map((mark) => inTenant(tenantId, mark))))].sort();
}

/** Who holds a role of the case, whichever: the form in which lists ask for it. */
function setCase(guard: InstanceGuard): void {
  delete guard.isCase;
  delete guard.caseHolders;
  if (guard.caseRoles === undefined) return;
  const roles = Object.values(guard.caseRoles);
  guard.isCase = true;
  guard.caseHolders = {
    users: [...new Set(roles.flatMap(({ users }) => namesIn(users)))],
    groups: [...new Set(roles.flatMap(({ groups }) => namesIn(groups)))],
  };
}

/** Whether an item waits until a time. */
const hasTimers = (instance: StoredInstance): boolean =>
  itemsOf(instance).some((item) => waits(item) && item.timeDue !== undefined && item.timeDue !== null);

/** Sets what follows from the guard's facts about an instance: the holders of its roles, and its marks. */
export function deriveFacts(instance: StoredInstance, guard: InstanceGuard): void {
  setCase(guard);
  Object.assign(guard, instanceMarks(instance, guard), {
    timers: hasTimers(instance),
    format: MARKS_FORMAT,
  });
}

/** Sets the `guard` of every item and the facts of the instance; changes the given document. */
export function deriveGuard(instance: StoredInstance, guard: InstanceGuard): void {
  for (const item of itemsOf(instance)) item.guard = itemGuard(item, guard.items?.[item.id] ?? {}, guard);
  Object.assign(guard, labelFacts(instance, guard));
  deriveFacts(instance, guard);
  if (isPartOfCase(instance)) guard.facts = taskFacts(instance, guard);
  instance.guard = guard;
}

/** Names as stored: a list without duplicates. Values that are not names are dropped. */
export function cleanNames(values: readonly unknown[]): string[] {
  const names = values
    .map((value) => normaliseName(typeof value === 'number' ? String(value) : value))
    .filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** The entries of a list of names that no user and no group can have, such as `*`. */
export const unusableNames = (text: string): string[] =>
  text.split(',').filter((entry) => entry.trim() !== '' && normaliseName(entry) === undefined);
