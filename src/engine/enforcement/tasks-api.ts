import type { Operation } from '../../core/operation.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import type { TasksApi } from '../contract/types.js';
import { namesIn } from '../model/derive.js';
import { allowedOn } from './allowed.js';
import type { Call } from './call.js';
import { checkData, checkHanded, checkId, checkOptions } from './caller-input.js';
import type { CommandParts } from './command-parts.js';
import type { Effect } from './effect.js';
import { PENDING } from './data-api.js';
import { COUNTED, parseFlag, parseParameters } from './paging.js';
import { checkAssignee, type TaskCommands } from './task-commands.js';
import { ESCALATE, REJECT, UNDO_REJECT } from './task-admission.js';
import { withoutForbidden } from './targets.js';
import { TaskLife } from './task-life.js';
import { UnreadTask } from './unread-task.js';

const TASK = { kind: 'task' };

/** The API on tasks by their id. */
export function tasksApi(parts: CommandParts, tasks: TaskCommands): TasksApi {
  const { calls, reads } = parts;
  const life = new TaskLife(parts);
  const target = (itemId: unknown): { kind: string; id?: string } => ({
    kind: 'task',
    ...(typeof itemId === 'string' ? { id: itemId.slice(0, 100) } : {}),
  });
  const idOf = (itemId: unknown): string => checkId(itemId, 'The id of the task');
  const query = (id: string): { 'items.id': string } => ({ 'items.id': id });
  /** Commands on a task that is found while the newest version of the policies is looked up. */
  const on =
    <Found>(find: (call: Call, id: string) => Promise<Found>) =>
    <T>(
      user: unknown,
      operation: Operation,
      itemId: unknown,
      work: (call: Call, found: Found) => Promise<T>,
      check?: () => unknown,
    ): Promise<T> =>
      calls.runAsking(
        user,
        operation,
        target(itemId),
        async (call) => {
          const id = idOf(itemId);
          check?.();
          return find(call, id);
        },
        work,
      );
  const command = on((call, id) => tasks.find(call, query(id)));
  /** The same, on a task that its principal need not be able to read. */
  const unread = (effect: Effect) => on((call, id) => UnreadTask.find(parts, call, id, effect));
  return Object.freeze({
    take: (itemId, user) =>
      command(user, 'task:take', itemId, async (call, found) => (await tasks.take(call, found)).item),
    release: (itemId, user) =>
      command(user, 'task:take', itemId, async (call, found) => (await tasks.release(call, found)).item),
    assign: (itemId, assignee, user) =>
      command(
        user,
        'task:assign',
        itemId,
        async (call, found) => (await tasks.assignTo(call, found, assignee)).item,
        () => checkAssignee(assignee, 'assigned'),
      ),
    delegate: (itemId, to, user) =>
      command(
        user,
        'task:delegate',
        itemId,
        async (call, found) => (await tasks.delegate(call, found, to)).item,
        () => checkAssignee(to, 'delegated'),
      ),
    resolve: (itemId, user) =>
      command(user, 'task:delegate', itemId, async (call, found) => (await tasks.resolve(call, found)).item),
    complete: (itemId, data, user) =>
      command(
        user,
        'task:execute',
        itemId,
        (call, found) => tasks.invoke(call, found, data, checkOptions(undefined)),
        () => checkData(data),
      ),
    reject: (itemId, user) =>
      unread(REJECT)(user, 'task:reject', itemId, (call, found) => life.reject(call, found)),
    undoReject: (itemId, user) =>
      unread(UNDO_REJECT)(user, 'task:reject', itemId, (call, found) => life.undoReject(call, found)),
    escalate: (itemId, to, user) =>
      unread(ESCALATE)(
        user,
        'task:escalate',
        itemId,
        (call, found) => life.escalate(call, found, to),
        () => checkHanded(to),
      ),
    suspend: (itemId, user) =>
      command(user, 'task:suspend', itemId, (call, found) => life.suspend(call, found)),
    resume: (itemId, user) =>
      command(user, 'task:suspend', itemId, (call, found) => life.resume(call, found)),
    allowed: (itemIds, user) =>
      calls.read(user, 'task:read', TASK, (call) => allowedOn(parts, call, itemIds)),
    count: (wish, user, options) =>
      calls.read(user, 'task:read', TASK, (call) => {
        const exact = parseFlag('exact', parseParameters(options, ['exact']).exact);
        const query = wish === undefined || wish === null ? PENDING : parseQuery(wish, INSTANCE_FIELDS);
        return reads.countItems(call, query, exact ? undefined : COUNTED + 1);
      }),
    candidates: (itemId, user) =>
      calls.read(user, 'task:assignees', target(itemId), async (call) => {
        const row = await reads.oneItem(call, query(idOf(itemId)));
        const { items: item } = row;
        call.assert('task:assignees', await reads.resourceOf(call, 'task:assignees', row), true);
        const users = await withoutForbidden(parts, call, row);
        return { users, groups: namesIn(item.candidateGroups) };
      }),
  } satisfies TasksApi);
}
