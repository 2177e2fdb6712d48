import { BadInput } from '../../core/errors.js';
import type { Resource } from '../../core/resource.js';
import type { StoredInstance, StoredItem, UnwoundItem } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import type { TaskCommand } from '../contract/types.js';
import { namesIn } from '../model/derive.js';
import { taskState } from '../model/task-state.js';
import type { Call } from './call.js';
import { checkId } from './caller-input.js';
import { isRunning, type CommandParts } from './command-parts.js';
import { statesFor, type Effect } from './effect.js';
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

/** The instances of the rows with all their items, where a rule of one of the commands refers to those. */
async function wholeOf(
  { calls }: CommandParts,
  call: Call,
  rows: readonly UnwoundItem[],
): Promise<ReadonlyMap<string, StoredInstance>> {
  const asked = Object.values(OFFERS).flatMap(({ effect: { operations, facts } }) =>
    operations.map((operation) => call.ruling(operation, facts)),
  );
  if (![call.ruling('task:read'), ...asked].some((ruling) => ruling.needs('items'))) return new Map();
  const ids = [...new Set(rows.map(({ id }) => id))];
  const found = await calls.store.instances.find({ filter: { id: { $in: ids } }, without: LARGE_FIELDS });
  return new Map(found.map((instance) => [instance.id, instance]));
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
  const rows =
    ids.length === 0
      ? []
      : await parts.calls.store.instances.findItems({
          before: { items: { $elemMatch: { id: { $in: ids } } } },
          each: { 'items.id': { $in: ids } },
          needsAll: false,
        });
  const whole = await wholeOf(parts, call, rows);
  const found = new Map<string, TaskCommand[]>();
  for (const { items: item, ...row } of rows) {
    const instance = whole.get(row.id) ?? row;
    if (isRunning(instance)) found.set(item.id, ofTask(call, { item, instance }));
  }
  return Object.fromEntries(ids.map((id) => [id, found.get(id) ?? []]));
}
