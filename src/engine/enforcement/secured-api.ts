import { BadInput } from '../../core/errors.js';
import { looksLikeUser, type UserInfo } from '../../core/principal.js';
import { isPlainObject } from '../../core/plain-object.js';
import { INSTANCE_FIELDS, parseQuery } from '../../store/query/caller-query.js';
import { checkId, checkOptions } from './caller-input.js';
import type { CommandKit } from './command-kit.js';
import { PENDING } from './data-api.js';
import { namesIn } from '../model/derive.js';
import { InstanceCommands } from './instance-commands.js';
import type { Models } from './model-api.js';
import { TaskCommands } from './task-commands.js';
import type { EngineApi, ExecutionView, GuardApi, ItemView, TasksApi } from '../contract/types.js';

const INSTANCE = { kind: 'instance' };
const TASK = { kind: 'task' };

/** An instance of a class, such as a SecureUser: what no request body can be. */
function isInstance(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlainObject(value);
}

/**
 * Upstream's documents put the user of `start` third or, after an empty object, fourth; both are recognised (spec 08,
 * 33). In the later place only an instance of a class counts: options often come from a request, and must not
 * name a user.
 */
function arrangeStart(third: unknown, fourth: unknown, fifth: unknown): { user: unknown; options: unknown } {
  const nothing = third === null || (isPlainObject(third) && Object.keys(third).length === 0);
  return nothing && isInstance(fourth) && looksLikeUser(fourth)
    ? { user: fourth, options: fifth }
    : { user: third, options: fourth };
}

/** The same for `assign`: (query, data, assignment, user), or the client's order (query, data, user, assignment). */
function arrangeAssign(third: unknown, fourth: unknown): { user: unknown; assignment: unknown } {
  return isInstance(third) && looksLikeUser(third)
    ? { user: third, assignment: fourth }
    : { user: fourth, assignment: third };
}

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

/** How many arguments come before the user, for each member of the API. */
const USER_AT = {
  engine: {
    start: 2,
    invoke: 2,
    assign: 3,
    throwMessage: 3,
    throwSignal: 3,
    startEvent: 3,
    restart: 2,
    upgrade: 2,
    get: 1,
  },
  data: { getPendingUserTasks: 1, findItems: 1, findItem: 1, findInstances: 1, deleteInstances: 1, find: 1 },
  model: {
    get: 1,
    list: 1,
    save: 3,
    load: 1,
    getSource: 1,
    findEvents: 1,
    findStartEvents: 1,
    delete: 1,
    rename: 2,
    export: 2,
  },
  tasks: { take: 1, release: 1, assign: 2, delegate: 2, resolve: 1, complete: 2, count: 1, candidates: 1 },
} as const satisfies { [G in keyof GuardApi]: Record<keyof GuardApi[G], number> };

/** The API with the user filled in; a call may leave it out, and may not name another. */
export function bindApi(api: GuardApi, user: UserInfo): GuardApi {
  const bound: Record<string, Record<string, unknown>> = {};
  for (const [group, members] of Object.entries(USER_AT)) {
    const mine: Record<string, unknown> = (bound[group] = {});
    for (const [name, at] of Object.entries(members)) {
      const call = (
        api[group as keyof GuardApi] as unknown as Record<string, (...args: unknown[]) => unknown>
      )[name] as (...args: unknown[]) => unknown;
      mine[name] = (...args: unknown[]) => {
        const given = args[at];
        const named = looksLikeUser(given);
        if (named && given.userName !== user.userName)
          throw new TypeError('This API is bound to another user.');
        const rest = args.slice(named || given === undefined || given === null ? at + 1 : at);
        return call(...Array.from({ length: at }, (_, index) => args[index]), user, ...rest);
      };
    }
    Object.freeze(mine);
  }
  return Object.freeze(bound) as unknown as GuardApi;
}
