import { USER_TASK } from 'bpmn-guard';

const PAGE = 25;
const IS_TASK = { 'items.type': USER_TASK };
const WAITING = { ...IS_TASK, 'items.status': 'wait' };

/** The tasks of a page of items, as the guard shows them. */
const itemsOf = ({ data }) => data.map(({ items }) => items);

/** The user task of that id, in any state; undefined if it does not exist or is hidden. */
export async function findTask(api, id) {
  const [task] = itemsOf(await api.data.find({ filter: { ...IS_TASK, 'items.id': id }, limit: 1 }));
  return task;
}

/** The ids among those given whose task waits and is visible. */
export async function waitingAmong(api, ids) {
  if (ids.length === 0) return new Set();
  const found = await api.data.find({
    filter: { ...WAITING, 'items.id': { $in: ids } },
    limit: ids.length,
    projection: ['items.id'],
  });
  return new Set(itemsOf(found).map(({ id }) => id));
}

/** The lists of waiting tasks, each with its condition. */
const LISTS = {
  mine: (userName) => ({ 'items.assignee': userName }),
  free: () => ({ 'items.assignee': null }),
  others: (userName) => ({
    $and: [{ 'items.assignee': { $ne: null } }, { 'items.assignee': { $ne: userName } }],
  }),
};

/**
 * The waiting tasks that the user may see, sorted and filtered: the user's own, unassigned ones, and those of
 * others.
 * @param after by list, the cursor of its page
 * @returns by list, `{tasks, next}`
 */
export async function taskLists(api, userName, wish, after) {
  const lists = await Promise.all(
    Object.entries(LISTS).map(async ([name, condition]) => {
      const cursor = typeof after[name] === 'string' ? after[name] : undefined;
      const page = await api.data.find({
        filter: { ...WAITING, ...wish.filter, ...condition(userName) },
        limit: PAGE,
        after: cursor,
        sort: wish.order,
      });
      return [name, { tasks: itemsOf(page), next: page.nextCursor }];
    }),
  );
  return Object.fromEntries(lists);
}
