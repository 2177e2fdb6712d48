import { BadInput } from '../../core/errors.js';
import { INSTANCE_FIELDS, parseQuery } from '../../store/query/caller-query.js';
import { checkId, checkOptions } from './caller-input.js';
import type { CommandKit } from './command-kit.js';
import { PENDING } from './data-api.js';
import { namesIn } from '../model/derive.js';
import { InstanceCommands } from './instance-commands.js';
import type { Models } from './model-api.js';
import { TaskCommands } from './task-commands.js';
import { arrangeAssign, arrangeStart } from './user-place.js';
import type { EngineApi, ExecutionView, GuardApi, ItemView, TasksApi } from '../contract/types.js';

const INSTANCE = { kind: 'instance' };
const TASK = { kind: 'task' };

function engineApi(kit: CommandKit, tasks: TaskCommands, instances: InstanceCommands): EngineApi {
  const { asking } = kit;
  return Object.freeze({
    start(name, data, third, fourth, ...rest: unknown[]) {
      const { user, options } = arrangeStart(third, fourth, rest[0]);
      const target = { kind: 'model', ...(typeof name === 'string' ? { name: name.slice(0, 200) } : {}) };
      return asking.call(user, 'instance:start', target, (principal) =>
        instances.start(principal, name, data, checkOptions(options)),
      );
    },
    invoke: (query, data, user, options) =>
      asking.call(user, 'task:execute', TASK, (principal) =>
        tasks.invoke(principal, query, data, checkOptions(options)),
      ),
    assign(query, data, third, fourth, options) {
      const { user, assignment } = arrangeAssign(third, fourth);
      return asking.call(user, 'task:assign', TASK, (principal) => {
        checkOptions(options);
        return tasks.assign(principal, query, data, assignment);
      });
    },
    throwMessage: (id, data, matching, user, options) =>
      asking.call(user, 'instance:message', INSTANCE, (principal) =>
        instances.message(principal, id, data, matching, checkOptions(options)),
      ),
    throwSignal: (id, data, matching, user, options) =>
      asking.call(user, 'instance:signal', INSTANCE, (principal) => {
        checkOptions(options);
        return instances.signal(principal, id, data, matching);
      }),
    startEvent: (where, elementId, data, user, options) =>
      asking.call(user, 'instance:event', INSTANCE, (principal) => {
        checkOptions(options);
        return instances.startEvent(principal, where, elementId, data);
      }),
    restart: (query, data, user, options) =>
      asking.call(user, 'instance:restart', INSTANCE, (principal) => {
        checkOptions(options);
        return instances.restart(principal, query, data);
      }),
    upgrade: (model, afterNodeIds, user) =>
      asking.call(user, 'instance:migrate', INSTANCE, (principal) =>
        instances.upgrade(principal, model, afterNodeIds),
      ),
    get: (query, user) =>
      asking.call(user, 'instance:read', INSTANCE, (principal) => instances.get(principal, query)),
  } satisfies EngineApi);
}

function tasksApi(kit: CommandKit, tasks: TaskCommands): TasksApi {
  const { asking, reads } = kit;
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
      asking.call(user, 'task:take', target(itemId), async (principal) =>
        shown(await tasks.take(principal, query(itemId)['items.id'])),
      ),
    release: (itemId, user) =>
      asking.call(
        user,
        'task:take',
        target(itemId),
        async (principal) => (await tasks.release(principal, query(itemId)['items.id'])).item,
      ),
    assign: (itemId, assignee, user) =>
      asking.call(
        user,
        'task:assign',
        target(itemId),
        async (principal) => (await tasks.assignTo(principal, query(itemId)['items.id'], assignee)).item,
      ),
    delegate: (itemId, to, user) =>
      asking.call(user, 'task:delegate', target(itemId), async (principal) =>
        shown(await tasks.delegate(principal, query(itemId)['items.id'], to)),
      ),
    resolve: (itemId, user) =>
      asking.call(
        user,
        'task:delegate',
        target(itemId),
        async (principal) => (await tasks.resolve(principal, query(itemId)['items.id'])).item,
      ),
    complete: (itemId, data, user) =>
      asking.call(user, 'task:execute', target(itemId), (principal) =>
        tasks.invoke(principal, query(itemId), data, {}),
      ),
    count: (wish, user) =>
      asking.call(user, 'task:read', TASK, (principal) =>
        reads.countItems(
          principal,
          wish === undefined || wish === null ? PENDING : parseQuery(wish, INSTANCE_FIELDS),
        ),
      ),
    candidates: (itemId, user) =>
      asking.call(user, 'task:assignees', target(itemId), async (principal) => {
        const { items: item, ...instance } = await reads.oneItem(principal, query(itemId));
        asking.assert(principal, 'task:assignees', { item, instance }, true);
        return { users: namesIn(item.candidateUsers), groups: namesIn(item.candidateGroups) };
      }),
  } satisfies TasksApi);
}

/** Puts the API of a guard together; every member finds out who calls, decides, and only then acts. */
export function createApi(kit: CommandKit, models: Models): GuardApi {
  const tasks = new TaskCommands(kit);
  const instances = new InstanceCommands(kit);
  return Object.freeze({
    engine: engineApi(kit, tasks, instances),
    data: kit.reads.api(kit.runner),
    model: models.api(),
    tasks: tasksApi(kit, tasks),
  });
}
