import { BadInput } from '../../core/errors.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import { checkData, checkId, checkOptions } from './caller-input.js';
import type { CommandParts } from './command-parts.js';
import { dataApi, PENDING } from './data-api.js';
import { EventCommands } from './event-commands.js';
import { modelToStart, startInstance } from './starting.js';
import { namesIn } from '../model/derive.js';
import { InstanceCommands } from './instance-commands.js';
import type { Recovery } from '../execution/recovery.js';
import { policiesApi } from '../policies/policy-api.js';
import { workApi } from './work-api.js';
import type { Models } from './model-api.js';
import { TaskCommands } from './task-commands.js';
import { arrangeAssign, arrangeStart } from './user-place.js';
import type { EngineApi, ExecutionView, GuardApi, ItemView, TasksApi } from '../contract/types.js';

const INSTANCE = { kind: 'instance' };
const TASK = { kind: 'task' };

function engineApi(parts: CommandParts, tasks: TaskCommands): EngineApi {
  const { calls } = parts;
  const instances = new InstanceCommands(parts);
  const events = new EventCommands(parts);
  return Object.freeze({
    start(name, data, third, fourth, ...rest: unknown[]) {
      const { user, options } = arrangeStart(third, fourth, rest[0]);
      const target = { kind: 'model', ...(typeof name === 'string' ? { name: name.slice(0, 200) } : {}) };
      return calls.runAsking(
        user,
        'instance:start',
        target,
        async (call) => {
          checkOptions(options, 'startNodeId', 'noWait');
          checkData(data);
          return modelToStart(parts, call, name);
        },
        (call, model) =>
          startInstance(parts, call, model, data, checkOptions(options, 'startNodeId', 'noWait')),
      );
    },
    invoke: (query, data, user, options) =>
      calls.runAsking(
        user,
        'task:execute',
        TASK,
        (call) => {
          checkOptions(options, 'noWait');
          return tasks.findFor(call, query, data);
        },
        (call, found) => tasks.invoke(call, found, data, checkOptions(options, 'noWait')),
      ),
    assign(query, data, third, fourth, options) {
      const { user, assignment } = arrangeAssign(third, fourth);
      return calls.run(user, 'task:assign', TASK, (call) => {
        return tasks.assign(call, query, data, assignment, checkOptions(options));
      });
    },
    throwMessage: (id, data, matching, user, options) =>
      calls.run(user, 'instance:message', INSTANCE, (call) =>
        events.message(call, id, data, matching, checkOptions(options, 'noWait')),
      ),
    throwSignal: (id, data, matching, user, options) =>
      calls.run(user, 'instance:signal', INSTANCE, (call) =>
        events.signal(call, id, data, matching, checkOptions(options)),
      ),
    startEvent: (where, elementId, data, user, options) =>
      calls.run(user, 'instance:event', INSTANCE, (call) => {
        return instances.startEvent(call, where, elementId, data, checkOptions(options));
      }),
    restart: (query, data, user, options) =>
      calls.run(user, 'instance:restart', INSTANCE, (call) => {
        return instances.restart(call, query, data, checkOptions(options));
      }),
    upgrade: (model, afterNodeIds, user) =>
      calls.run(user, 'instance:migrate', INSTANCE, (call) => instances.upgrade(call, model, afterNodeIds)),
    get: (query, user) => calls.read(user, 'instance:read', INSTANCE, (call) => instances.get(call, query)),
  } satisfies EngineApi);
}

function tasksApi({ calls, reads }: CommandParts, tasks: TaskCommands): TasksApi {
  const target = (itemId: unknown): { kind: string; id?: string } => ({
    kind: 'task',
    ...(typeof itemId === 'string' ? { id: itemId.slice(0, 100) } : {}),
  });
  const query = (itemId: unknown): { 'items.id': string } => ({
    'items.id': checkId(itemId, 'The id of the task'),
  });
  const shown = (view: ExecutionView): ItemView => {
    if (view.item === undefined) throw new BadInput('bad-request', 'The task can no longer be read.');
    return view.item;
  };
  return Object.freeze({
    take: (itemId, user) =>
      calls.run(user, 'task:take', target(itemId), async (call) =>
        shown(await tasks.take(call, query(itemId)['items.id'])),
      ),
    release: (itemId, user) =>
      calls.run(
        user,
        'task:take',
        target(itemId),
        async (call) => (await tasks.release(call, query(itemId)['items.id'])).item,
      ),
    assign: (itemId, assignee, user) =>
      calls.run(
        user,
        'task:assign',
        target(itemId),
        async (call) => (await tasks.assignTo(call, query(itemId)['items.id'], assignee)).item,
      ),
    delegate: (itemId, to, user) =>
      calls.run(user, 'task:delegate', target(itemId), async (call) =>
        shown(await tasks.delegate(call, query(itemId)['items.id'], to)),
      ),
    resolve: (itemId, user) =>
      calls.run(
        user,
        'task:delegate',
        target(itemId),
        async (call) => (await tasks.resolve(call, query(itemId)['items.id'])).item,
      ),
    complete: (itemId, data, user) =>
      calls.runAsking(
        user,
        'task:execute',
        target(itemId),
        (call) => tasks.findFor(call, query(itemId), data),
        (call, found) => tasks.invoke(call, found, data, checkOptions(undefined)),
      ),
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

/** Assembles the API of a guard. Every member establishes the caller, decides, and only then acts. */
export function createApi(parts: CommandParts, models: Models, recovery: Pick<Recovery, 'retry'>): GuardApi {
  const tasks = new TaskCommands(parts);
  return Object.freeze({
    engine: engineApi(parts, tasks),
    data: dataApi(parts),
    model: models.api(),
    tasks: tasksApi(parts, tasks),
    work: workApi(parts, recovery),
    policies: policiesApi(parts.calls),
  });
}
