const LONGEST = 200;

/** A text of a query string, where there is one. */
const text = (value) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, LONGEST) : undefined;

const oneOf = (value, choices) => (Object.hasOwn(choices, String(value)) ? String(value) : undefined);

/** The sort orders of tasks: label, sort, and the tasks to which it applies. */
export const TASK_SORTS = Object.freeze({
  newest: { name: 'Newest first' },
  oldest: { name: 'Oldest first', sort: { startedAt: 1 } },
  due: {
    name: 'Due first (those with a due date)',
    sort: { 'items.dueDate': 1 },
    filter: { 'items.dueDate': { $ne: null } },
  },
  priority: { name: 'Highest priority first', sort: { 'items.priority': -1 } },
});

export const INSTANCE_SORTS = Object.freeze({
  newest: { name: 'Newest first' },
  oldest: { name: 'Oldest first', sort: { startedAt: 1 } },
  name: { name: 'By process', sort: { name: 1, startedAt: -1 } },
});

export const INSTANCE_STATES = Object.freeze({
  running: { name: 'Running', filter: { status: { $in: ['running', 'wait'] } } },
  ended: { name: 'Finished or cancelled', filter: { status: { $in: ['end', 'terminated'] } } },
});

/**
 * Parses the query string of a list and ignores unknown values.
 * @param sorts the list's sort orders @param states its states, if it has any
 */
export function listWish(query, sorts, states = {}) {
  const process = text(query.process);
  const sort = oneOf(query.sort, sorts) ?? 'newest';
  const state = oneOf(query.state, states);
  const filter = {
    ...(process === undefined ? {} : { name: process }),
    ...sorts[sort].filter,
    ...(state === undefined ? {} : states[state].filter),
  };
  const asked = Object.entries({ process, sort: sort === 'newest' ? undefined : sort, state }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.freeze({
    process,
    sort,
    state,
    filter,
    order: sorts[sort].sort,
    isNarrowed: process !== undefined || state !== undefined || sorts[sort].filter !== undefined,
    /** The query string of this list with additional values. */
    query(more = {}) {
      const all = new URLSearchParams([...asked, ...Object.entries(more).filter(([, value]) => value)]);
      return all.size === 0 ? '' : `?${all}`;
    },
  });
}
