import { BadInput } from '../../core/errors.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import type { ExecutionView, ItemView, TasksApi } from '../contract/types.js';
import { namesIn } from '../model/derive.js';
import { allowedOn } from './allowed.js';
import { checkId, checkOptions } from './caller-input.js';
import type { CommandParts } from './command-parts.js';
import { PENDING } from './data-api.js';
import type { TaskCommands } from './task-commands.js';
import { TaskLife } from './task-life.js';

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
  const query = (itemId: unknown): { 'items.id': string } => ({ 'items.id': idOf(itemId) });
  const shown = (view: ExecutionView): ItemView => {
    if (view.item === undefined) throw new BadInput('bad-request', 'The task can no longer be read.');
    return view.item;
  };
  return Object.freeze({
    take: (itemId, user) =>
      calls.run(user, 'task:take', target(itemId), async (call) =>
        shown(await tasks.take(call, idOf(itemId))),
      ),
    release: (itemId, user) =>
      calls.run(
        user,
        'task:take',
        target(itemId),
        async (call) => (await tasks.release(call, idOf(itemId))).item,
      ),
    assign: (itemId, assignee, user) =>
      calls.run(
        user,
        'task:assign',
        target(itemId),
        async (call) => (await tasks.assignTo(call, idOf(itemId), assignee)).item,
      ),
    delegate: (itemId, to, user) =>
      calls.run(user, 'task:delegate', target(itemId), async (call) =>
        shown(await tasks.delegate(call, idOf(itemId), to)),
      ),
    resolve: (itemId, user) =>
      calls.run(
        user,
        'task:delegate',
        target(itemId),
        async (call) => (await tasks.resolve(call, idOf(itemId))).item,
      ),
    complete: (itemId, data, user) =>
      calls.runAsking(
        user,
        'task:execute',
        target(itemId),
        (call) => tasks.findFor(call, query(itemId), data),
        (call, found) => tasks.invoke(call, found, data, checkOptions(undefined)),
      ),
    reject: (itemId, user) =>
      calls.run(user, 'task:reject', target(itemId), async (call) => life.reject(call, idOf(itemId))),
    undoReject: (itemId, user) =>
      calls.run(user, 'task:reject', target(itemId), async (call) => life.undoReject(call, idOf(itemId))),
    escalate: (itemId, to, user) =>
      calls.run(user, 'task:escalate', target(itemId), async (call) => life.escalate(call, idOf(itemId), to)),
    suspend: (itemId, user) =>
      calls.run(user, 'task:suspend', target(itemId), async (call) => life.suspend(call, idOf(itemId))),
    resume: (itemId, user) =>
      calls.run(user, 'task:suspend', target(itemId), async (call) => life.resume(call, idOf(itemId))),
    allowed: (itemIds, user) =>
      calls.read(user, 'task:read', TASK, (call) => allowedOn(parts, call, itemIds)),
    count: (wish, user) =>
      calls.read(user, 'task:read', TASK, (call) =>
        reads.countItems(
          call,
          wish === undefined || wish === null ? PENDING : parseQuery(wish, INSTANCE_FIELDS),
        ),
      ),
    candidates: (itemId, user) =>
      calls.read(user, 'task:assignees', target(itemId), async (call) => {
        const row = await reads.oneItem(call, query(itemId));
        const { items: item } = row;
        call.assert('task:assignees', await reads.resourceOf(call, 'task:assignees', row), true);
        return { users: namesIn(item.candidateUsers), groups: namesIn(item.candidateGroups) };
      }),
  } satisfies TasksApi);
}
