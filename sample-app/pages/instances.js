import { INSTANCE_SORTS, INSTANCE_STATES } from '../models/list-wish.js';
import { dataList, shown, stateBadge, time } from '../web/format.js';
import { html } from '../web/html.js';
import { page } from '../web/layout.js';
import { table } from '../web/table.js';
import { factLines, listFilter } from './list-filter.js';

const STATUS = Object.freeze({
  running: 'running',
  wait: 'running',
  end: 'finished',
  terminated: 'cancelled',
});
const statusBadge = (status) =>
  html`<span class="badge ${status === 'end' ? 'done' : 'unclaimed'}">${STATUS[status] ?? status}</span>`;

const COLUMNS = [
  {
    label: 'Process',
    cell: ({ id, name }) => html`<a href="/instances/${encodeURIComponent(id)}">${name}</a>`,
  },
  { label: 'Status', cell: ({ status }) => statusBadge(status) },
  { label: 'About', cell: ({ facts }) => factLines(facts, shown) },
  { label: 'Started by', cell: ({ startedBy }) => startedBy ?? '–' },
  { label: 'Started', cell: ({ startedAt }) => time(startedAt) },
  { label: 'Finished', cell: ({ endedAt }) => time(endedAt) },
];

/** A page of the instances that the user may read. @param next cursor of the next page */
export function instancesPage(view, { instances, next, wish, processes }) {
  const none = wish.isNarrowed
    ? html`<p>Nothing matches the filter.</p>`
    : html`<p>You have no instances yet. <a href="/start">Start a process</a>.</p>`;
  return page(
    view,
    'My instances',
    html`${instances.length === 0 && !wish.isNarrowed ? '' : listFilter(view, wish, { processes, sorts: INSTANCE_SORTS, states: INSTANCE_STATES })}
      <section class="card">
        <p class="muted">Instances that you started, or in which you take part.</p>
        ${instances.length === 0 ? none : table(COLUMNS, instances)}
        ${next ? html`<p><a href="/instances${wish.query({ after: next })}">More instances</a></p>` : ''}
      </section>`,
  );
}

const HISTORY = [
  {
    label: 'Task',
    cell: ({ id, name, elementId }) =>
      html`<a href="/tasks/${encodeURIComponent(id)}">${name || elementId}</a>`,
  },
  { label: 'State', cell: ({ state }) => stateBadge(state) },
  {
    label: 'By / for',
    cell: ({ completedBy, assignee, candidateGroups }) =>
      completedBy ?? assignee ?? (candidateGroups?.join(', ') || '–'),
  },
  { label: 'Since', cell: ({ startedAt }) => time(startedAt) },
  { label: 'Finished', cell: ({ endedAt }) => time(endedAt) },
];

/** Elements that do not wait for a person. */
const EVENTS = ['bpmn:IntermediateCatchEvent', 'bpmn:ReceiveTask'];

/** What an instance waits for, if no visible task says so. */
function waitsFor({ status, items }, tasks) {
  if (status === 'end' || status === 'terminated' || tasks.some(({ state }) => state !== 'done')) return '';
  const isEvent = items.some((item) => item.status === 'wait' && EVENTS.includes(item.type));
  return html`<p class="notice calm">
    ${isEvent ? 'It waits for an event: a time, a message or a signal.' : 'It waits for somebody else; you may not see that task.'}
  </p>`;
}

/** One instance: its outcome so far, and the history of the tasks that the user may see. */
export function instancePage(view, { instance, tasks, ends, forms, back }) {
  const finished = instance.status === 'end';
  return page(
    view,
    instance.name,
    html` <p class="lead">
        <a href="${back}">Back to the list</a> ${statusBadge(instance.status)}
        <span
          >started by <strong>${instance.startedBy ?? 'the system'}</strong> ${time(instance.startedAt)}</span
        >${finished && ends.length > 0 ? html` <span>outcome: <strong>${ends.join(', ')}</strong></span>` : ''}
      </p>
      <section class="card" aria-labelledby="outcome">
        <h2 id="outcome">${finished ? 'Outcome' : 'So far'}</h2>
        ${dataList(instance.data, forms.byId)}
      </section>
      ${waitsFor(instance, tasks)}
      <section class="card" aria-labelledby="history">
        <h2 id="history">Tasks</h2>
        ${
          tasks.length === 0
            ? html`<p class="muted">There are no tasks that you may see.</p>`
            : table(HISTORY, tasks)
        }
      </section>`,
  );
}
