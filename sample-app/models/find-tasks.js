const PAGE = 25;
const USER_TASK = { 'items.type': 'bpmn:UserTask' };
const WAITING = { ...USER_TASK, 'items.status': 'wait' };

/** The tasks of a page of items, each as the guard shows it. */
const itemsOf = ({ data }) => data.map(({ items }) => items);

/** The user task of that id, in any state; undefined where there is none, or it is hidden. */
export async function findTask(api, id) {
  const [task] = itemsOf(await api.data.find({ filter: { ...USER_TASK, 'items.id': id }, limit: 1 }));
  return task;
}

/** Those of the ids whose task waits, and may be seen. */
export async function waitingAmong(api, ids) {
  if (ids.length === 0) return new Set();
  const found = await api.data.find({
    filter: { ...WAITING, 'items.id': { $in: ids } },
    limit: ids.length,
    projection: ['items.id'],
  });
  return new Set(itemsOf(found).map(({ id }) => id));
}

/** The lists of waiting tasks, each with the condition of its tasks. */
const LISTS = {
  mine: (userName) => ({ 'items.assignee': userName }),
  free: () => ({ 'items.assignee': null }),
  others: (userName) => ({
    $and: [{ 'items.assignee': { $ne: null } }, { 'items.assignee': { $ne: userName } }],
  }),
};

/**
 * The waiting tasks that the user may see, as the wish sorts and narrows them: the own ones, those that nobody has,
 * those of others.
 * @param after by list, the cursor after which its page begins
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
