import { BadInput } from '../../core/errors.js';
import type { Resource } from '../../core/resource.js';
import type {
  InstancePlan,
  InstanceStore,
  StoredInstance,
  StoredItem,
  UnwoundItem,
} from '../../store/port.js';
import { cursorOf } from '../../store/query/item-order.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';
import type { TaskCommand } from '../contract/types.js';
import { namesIn } from '../model/derive.js';
import { taskState } from '../model/task-state.js';
import type { Call } from './call.js';
import { checkId } from './caller-input.js';
import { isRunning, type CommandParts } from './command-parts.js';
import { statesFor, type Effect } from './effect.js';
import { LIST_BYTES } from './paging.js';
import { rejectersOf } from './stuck.js';
import { isKnown } from './unread-task.js';
import {
  ASSIGN,
  COMPLETE,
  DELEGATE,
  ESCALATE,
  REJECT,
  RELEASE,
  RESOLVE,
  RESUME,
  SUSPEND,
  TAKE,
  UNDO_REJECT,
} from './task-admission.js';

/** How many tasks one call may ask about. */
const MOST = 1000;

/** A command on a task: its effect, and what else must hold of the task. */
interface Offer {
  readonly effect: Effect;
  readonly when?: (item: StoredItem, call: Call) => boolean;
}

const hasRejected = ({ guard = {} }: StoredItem, { principal }: Call): boolean =>
  rejectersOf(guard).includes(principal.userName);

const OFFERS: Readonly<Record<TaskCommand, Offer>> = Object.freeze({
  take: { effect: TAKE },
  release: {
    effect: RELEASE,
    when: ({ assignee }, { principal }) => principal.isAdmin() || namesIn(assignee)[0] === principal.userName,
  },
  assign: { effect: ASSIGN },
  delegate: { effect: DELEGATE },
  resolve: { effect: RESOLVE },
  reject: { effect: REJECT, when: (item, call) => !hasRejected(item, call) },
  undoReject: { effect: UNDO_REJECT, when: hasRejected },
  escalate: { effect: ESCALATE },
  suspend: { effect: SUSPEND },
  resume: { effect: RESUME, when: ({ guard }) => guard?.suspension !== undefined },
  complete: { effect: COMPLETE },
});

function ofTask(call: Call, resource: Resource & { item: StoredItem }): TaskCommand[] {
  const { item } = resource;
  const state = taskState(item);
  if (state === undefined) return [];
  return (Object.entries(OFFERS) as [TaskCommand, Offer][]).flatMap(([name, { effect, when }]) =>
    statesFor(call.principal, effect).includes(state) &&
    isKnown(call, resource, effect) &&
    when?.(item, call) !== false &&
    effect.operations.every((operation) => call.allows(operation, resource, effect.facts))
      ? [name]
      : [],
  );
}

/** Whether a rule of one of the commands refers to the other items of an instance. */
function needsItems(call: Call): boolean {
  const asked = Object.values(OFFERS).flatMap(({ effect: { operations, facts } }) =>
    operations.map((operation) => call.ruling(operation, facts)),
  );
  return [call.ruling('task:read'), ...asked].some((ruling) => ruling.needs('items'));
}

type Instances = Pick<InstanceStore, 'find' | 'findItems'>;

/** The rows of the tasks, page by page: each comes with its instance, and those may be large. */
const rowsOf = (instances: Instances, ids: readonly string[]): AsyncGenerator<UnwoundItem[]> =>
  walk(
    MOST,
    (page) =>
      instances.findItems({
        before: { items: { $elemMatch: { id: { $in: ids } } } },
        each: { 'items.id': { $in: ids } },
        needsAll: false,
        bytes: LIST_BYTES,
        ...page,
      }),
    cursorOf,
  );

/** The tasks of a page, with their instances; with all their items if those are needed. */
async function* tasksOf(
  instances: Instances,
  rows: readonly UnwoundItem[],
  whole: boolean,
): AsyncGenerator<Resource & { readonly item: StoredItem; readonly instance: StoredInstance }> {
  const left = new Map<string, UnwoundItem[]>();
  for (const row of rows) left.set(row.id, [...(left.get(row.id) ?? []), row]);
  if (whole) {
    const filter = { id: { $in: [...left.keys()] } };
    const find = (page: Partial<InstancePlan>): Promise<StoredInstance[]> =>
      instances.find({ filter, without: LARGE_FIELDS, bytes: LIST_BYTES, ...page });
    for await (const found of walk(MOST, find, placeOfInstance))
      for (const instance of found) {
        for (const { items: item } of left.get(instance.id) ?? []) yield { item, instance };
        left.delete(instance.id);
      }
  }
  for (const { items: item, ...instance } of [...left.values()].flat()) yield { item, instance };
}

/**
 * The commands that the principal may give on each of the tasks, by id, in one call. The list is empty for
 * a task that does not exist or is hidden.
 * @throws BadInput `bad-request`, `too-large`
 */
export async function allowedOn(
  parts: CommandParts,
  call: Call,
  given: unknown,
): Promise<Record<string, TaskCommand[]>> {
  if (!Array.isArray(given)) throw new BadInput('bad-request', 'The tasks must be a list of their ids.');
  if (given.length > MOST) throw new BadInput('too-large', `A call may ask about at most ${MOST} tasks.`);
  const ids = Array.from(given as unknown[], (id) => checkId(id, 'The id of each task'));
  const found = new Map<string, TaskCommand[]>();
  if (ids.length === 0) return {};
  const { instances } = parts.calls.store;
  const whole = needsItems(call);
  for await (const rows of rowsOf(instances, ids))
    for await (const task of tasksOf(instances, rows, whole))
      if (isRunning(task.instance)) found.set(task.item.id, ofTask(call, task));
  return Object.fromEntries(ids.map((id) => [id, found.get(id) ?? []]));
}
