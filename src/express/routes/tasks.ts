import { USER_TASK } from '../../core/condition/element-types.js';
import { BadInput } from '../../core/errors.js';
import { TRANSITIONS } from '../../engine/model/task-state.js';
import type { GuardApi, ItemView } from '../../engine/contract/types.js';
import { COUNTED } from '../../engine/enforcement/paging.js';
import { DATA, listed, listing, member, ref } from './common.js';
import { flag, optional, query, text, texts, type Schema } from './param.js';
import { route, type Route, type Takes } from './route.js';

const ID = text('The id of the task.');
const ITEM = ref('Item');
/** Without an item if the acting user may no longer read the task. */
const ITEM_IF_ANY: Schema = { type: 'object', properties: { item: ITEM } };
const TASK_COMMANDS = Object.keys(TRANSITIONS);
const PENDING = { 'items.status': 'wait', 'items.type': USER_TASK };
const COUNT: Schema = {
  type: 'object',
  required: ['count'],
  properties: {
    count: { type: 'integer' },
    hasMore: { const: true, description: 'Counting stopped there: there are more.' },
  },
};
const WAITING = optional(query('Which tasks; default: all waiting ones.'));

const command = <T extends Takes>(
  verb: string,
  given: Pick<Route, 'says' | 'operation'> & {
    takes: T;
    answers?: Schema;
    run: Parameters<typeof route<T>>[0]['run'];
  },
): Route =>
  route({
    answers: ITEM_IF_ANY,
    ...given,
    method: 'POST',
    path: `/api/tasks/:itemId/${verb}`,
    id: `tasks.${verb}`,
    face: 'ours',
  });

const shown = async (item: Promise<ItemView | undefined>): Promise<{ item?: ItemView }> => {
  const view = await item;
  return view === undefined ? {} : { item: view };
};

type OnTask = (api: GuardApi, itemId: string) => Promise<ItemView | undefined>;
const onTask = (verb: string, says: string, operation: Route['operation'], call: OnTask): Route =>
  command(verb, {
    says,
    operation,
    takes: { itemId: ID },
    run: ({ api }, { itemId }) => shown(call(api, itemId)),
  });

/** Tasks by their id, and the lists that a task page needs. */
export const TASKS: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/tasks',
    id: 'tasks.list',
    face: 'ours',
    says: 'Waiting user tasks that the caller may see.',
    operation: 'task:read',
    takes: { query: WAITING },
    bodyIs: 'query',
    answers: listing('items', ITEM),
    run: async ({ api }, { query }) => listed('items', await api.data.getPendingUserTasks(query)),
  }),
  route({
    method: 'GET',
    path: '/api/tasks/count',
    id: 'tasks.count',
    face: 'ours',
    says: 'The number of waiting user tasks in the list, up to 10,000.',
    operation: 'task:read',
    takes: {
      query: WAITING,
      exact: optional(flag('Count all of them, if that is not too expensive.')),
    },
    bodyIs: 'query',
    answers: COUNT,
    async run({ api }, { query, exact = false }) {
      const wish = query === undefined ? undefined : { $and: [query, PENDING] };
      const count = await api.tasks.count(wish, undefined, { exact });
      return exact || count <= COUNTED ? { count } : { count: COUNTED, hasMore: true };
    },
  }),
  route({
    method: 'GET',
    path: '/api/tasks/:itemId/candidates',
    id: 'tasks.candidates',
    face: 'ours',
    says: 'Who else may do the task.',
    operation: 'task:assignees',
    takes: { itemId: ID },
    answers: ref('Candidates'),
    run: ({ api }, { itemId }) => api.tasks.candidates(itemId),
  }),
  onTask('take', 'Takes a task that waits for one of several.', 'task:take', (api, id) => api.tasks.take(id)),
  onTask('release', 'Releases a task to its candidates.', 'task:take', (api, id) => api.tasks.release(id)),
  onTask('resolve', 'Returns a borrowed task, or recalls a lent one.', 'task:delegate', (api, id) =>
    api.tasks.resolve(id),
  ),
  onTask(
    'reject',
    'Takes a task off the lists of the caller; it stays for the other candidates.',
    'task:reject',
    (api, id) => api.tasks.reject(id),
  ),
  onTask('undo-reject', 'Undoes the rejection of a task by the caller.', 'task:reject', (api, id) =>
    api.tasks.undoReject(id),
  ),
  onTask('suspend', 'Suspends a task, with the events on its boundary.', 'task:suspend', (api, id) =>
    api.tasks.suspend(id),
  ),
  onTask('resume', 'Resumes a suspended task.', 'task:suspend', (api, id) => api.tasks.resume(id)),
  command('escalate', {
    says: 'Hands a task over to a user or a group, by default to the one that the model names.',
    operation: 'task:escalate',
    takes: {
      itemId: ID,
      to: optional(text('The name of the user.')),
      group: optional(text('Or the name of the group.')),
    },
    run({ api }, { itemId, to, group }) {
      if (to !== undefined && group !== undefined)
        throw new BadInput('bad-request', 'Name one of to and group.');
      return shown(api.tasks.escalate(itemId, group === undefined ? to : { group }));
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/allowed',
    id: 'tasks.allowed',
    face: 'ours',
    says: 'The commands that the caller may give on each of the tasks.',
    operation: 'task:read',
    takes: { itemIds: texts('The ids of the tasks, at most 1000.') },
    answers: member('allowed', {
      type: 'object',
      additionalProperties: { type: 'array', items: { enum: TASK_COMMANDS } },
    }),
    run: async ({ api }, { itemIds }) => ({ allowed: await api.tasks.allowed(itemIds) }),
  }),
  command('assign', {
    says: 'Assigns a task to another user.',
    operation: 'task:assign',
    takes: { itemId: ID, assignee: text('The name of the user.') },
    run: ({ api }, { itemId, assignee }) => shown(api.tasks.assign(itemId, assignee)),
  }),
  command('delegate', {
    says: 'Lends a task to another user, who returns it.',
    operation: 'task:delegate',
    takes: { itemId: ID, to: text('The name of the user.') },
    run: ({ api }, { itemId, to }) => shown(api.tasks.delegate(itemId, to)),
  }),
  command('complete', {
    says: 'Completes a task.',
    operation: 'task:execute',
    takes: { itemId: ID, data: DATA },
    answers: member('instance', ref('Instance')),
    run: async ({ api }, { itemId, data }) => ({
      instance: (await api.tasks.complete(itemId, data)).instance,
    }),
  }),
];
