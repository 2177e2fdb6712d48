import { TASK_SORTS } from '../models/list-wish.js';
import { day, shown, stateBadge, time } from '../web/format.js';
import { html } from '../web/html.js';
import { page } from '../web/layout.js';
import { table } from '../web/table.js';
import { factLines, listFilter } from './list-filter.js';
import { noticesSection } from './notices.js';

const forWhom = ({ assignee, candidateGroups, candidateUsers }) =>
  assignee ?? ([...(candidateGroups ?? []), ...(candidateUsers ?? [])].join(', ') || 'everybody');

const COLUMNS = [
  {
    label: 'Task',
    cell: ({ id, name, elementId }) =>
      html`<a href="/tasks/${encodeURIComponent(id)}">${name || elementId}</a>`,
  },
  { label: 'Process', cell: ({ processName }) => processName },
  { label: 'Requester', cell: ({ requester }) => requester ?? '–' },
  { label: 'About', cell: ({ facts }) => factLines(facts, shown) },
  { label: 'State', cell: ({ state }) => stateBadge(state) },
  { label: 'For', cell: (task) => (task.state === 'closed' ? 'nobody yet' : forWhom(task)) },
  { label: 'Due', optional: true, cell: ({ dueDate }) => day(dueDate) },
  { label: 'Priority', optional: true, cell: ({ priority }) => priority ?? '–' },
  { label: 'Since', cell: ({ startedAt }) => time(startedAt) },
];

function group(id, title, { tasks, next }, empty, wish) {
  return html`<section class="card" aria-labelledby="${id}">
    <h2 id="${id}">${title} <span class="count">${tasks.length}${next ? '+' : ''}</span></h2>
    ${tasks.length === 0 ? html`<p class="muted">${empty}</p>` : table(COLUMNS, tasks)}
    ${next ? html`<p><a href="/tasks${wish.query({ [id]: next })}#${id}">More of these</a></p>` : ''}
  </section>`;
}

/** The waiting tasks that the user may see: the user's own, unassigned ones, and those of others. */
export function tasksPage(view, { lists: { mine, free, others }, notices, wish, processes }) {
  const none = wish.isNarrowed ? 'Nothing matches the filter.' : undefined;
  const isEmpty = [mine, free, others].every(({ tasks }) => tasks.length === 0);
  return page(
    view,
    'Tasks',
    html` ${noticesSection(view, notices, (number) => `/tasks${wish.query({ notices: number > 1 ? String(number) : '' })}`)}
    ${isEmpty && !wish.isNarrowed ? '' : listFilter(view, wish, { processes, sorts: TASK_SORTS })}
    ${group('mine', 'Assigned to you', mine, none ?? 'Nothing waits for you.', wish)}
    ${group('free', 'To be taken', free, none ?? 'No task waits for somebody to take it.', wish)}
    ${others.tasks.length > 0 ? group('others', 'With others', others, '', wish) : ''}`,
  );
}
