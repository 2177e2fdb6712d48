import { dataList, stateBadge, time } from '../web/format.js';
import { html } from '../web/html.js';
import { page } from '../web/layout.js';

const STATUS = Object.freeze({
  running: 'running',
  wait: 'running',
  end: 'finished',
  terminated: 'cancelled',
});
const statusBadge = (status) =>
  html`<span class="badge ${status === 'end' ? 'done' : 'unclaimed'}">${STATUS[status] ?? status}</span>`;

const row = ({ id, name, status, startedBy, startedAt, endedAt }) =>
  html` <tr>
    <th scope="row"><a href="/instances/${encodeURIComponent(id)}">${name}</a></th>
    <td>${statusBadge(status)}</td>
    <td>${startedBy ?? '–'}</td>
    <td>${time(startedAt)}</td>
    <td>${time(endedAt)}</td>
  </tr>`;

/** A page of the instances that the user may read. @param next address of the next page */
export function instancesPage(view, { instances, next }) {
  return page(
    view,
    'My instances',
    html`<section class="card">
      <p class="muted">Instances that you started, or in which you take part.</p>
      ${
        instances.length === 0
          ? html`<p>There is none yet. <a href="/start">Start a process</a>.</p>`
          : html` <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Process</th>
                    <th scope="col">Status</th>
                    <th scope="col">Started by</th>
                    <th scope="col">Started</th>
                    <th scope="col">Finished</th>
                  </tr>
                </thead>
                <tbody>
                  ${instances.map(row)}
                </tbody>
              </table>
            </div>`
      }
      ${next ? html`<p><a href="${next}">Older instances</a></p>` : ''}
    </section>`,
  );
}

const historyRow = (task) =>
  html` <tr>
    <th scope="row"><a href="/tasks/${encodeURIComponent(task.id)}">${task.name || task.elementId}</a></th>
    <td>${stateBadge(task.state)}</td>
    <td>${task.completedBy ?? task.assignee ?? (task.candidateGroups?.join(', ') || '–')}</td>
    <td>${time(task.startedAt)}</td>
    <td>${time(task.endedAt)}</td>
  </tr>`;

/** Elements that wait for no person. */
const EVENTS = ['bpmn:IntermediateCatchEvent', 'bpmn:ReceiveTask'];

/** What an instance waits for, where no task says so. */
function waitsFor({ status, items }, tasks) {
  if (status === 'end' || status === 'terminated' || tasks.some(({ state }) => state !== 'done')) return '';
  const isEvent = items.some((item) => item.status === 'wait' && EVENTS.includes(item.type));
  return html`<p class="notice calm">
    ${isEvent ? 'It waits for something to happen: a time, a message or a signal.' : 'It waits for somebody else, whose task is not yours to see.'}
  </p>`;
}

/** One instance: its outcome so far, and the history of the tasks that the user may see. */
export function instancePage(view, { instance, tasks, ends, forms }) {
  const finished = instance.status === 'end';
  return page(
    view,
    instance.name,
    html` <p class="lead">
        ${statusBadge(instance.status)}
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
            ? html`<p class="muted">There is no task that you may see.</p>`
            : html` <div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Task</th>
                      <th scope="col">State</th>
                      <th scope="col">By / for</th>
                      <th scope="col">Since</th>
                      <th scope="col">Finished</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${tasks.map(historyRow)}
                  </tbody>
                </table>
              </div>`
        }
      </section>`,
  );
}
