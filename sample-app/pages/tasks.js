import { stateBadge, time } from '../web/format.js';
import { html } from '../web/html.js';
import { buttonForm, page } from '../web/layout.js';

const row = (task) =>
  html` <tr>
    <th scope="row"><a href="/tasks/${encodeURIComponent(task.id)}">${task.name || task.elementId}</a></th>
    <td>${task.processName}</td>
    <td>${stateBadge(task.state)}</td>
    <td>${task.assignee ?? (task.candidateGroups?.join(', ') || task.candidateUsers?.join(', ') || '–')}</td>
    <td>${time(task.startedAt)}</td>
  </tr>`;

function group(id, title, { tasks, next }, empty) {
  return html`<section class="card" aria-labelledby="${id}">
    <h2 id="${id}">${title} <span class="count">${tasks.length}${next ? '+' : ''}</span></h2>
    ${
      tasks.length === 0
        ? html`<p class="muted">${empty}</p>`
        : html` <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Task</th>
                  <th scope="col">Process</th>
                  <th scope="col">State</th>
                  <th scope="col">For</th>
                  <th scope="col">Since</th>
                </tr>
              </thead>
              <tbody>
                ${tasks.map(row)}
              </tbody>
            </table>
          </div>`
    }
    ${next ? html`<p><a href="/tasks?${id}=${encodeURIComponent(next)}#${id}">Older ones</a></p>` : ''}
  </section>`;
}

function notices(view, list) {
  if (list.length === 0) return '';
  return html`<section class="card" aria-labelledby="notices">
    <h2 id="notices">Notices <span class="count">${list.length}</span></h2>
    <ul class="notices">
      ${list.map(
        ({ text, itemId, time: at }) =>
          html` <li>
            <span>${text} <span class="muted">${time(at)}</span></span>
            <span class="buttons"
              ><a class="button secondary" href="/tasks/${encodeURIComponent(itemId)}">Open the task</a
              >${buttonForm(view, `/notices/${encodeURIComponent(itemId)}/dismiss`, 'Dismiss')}</span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}

/** The waiting tasks that the user may see: the own ones, those that nobody has, those of others. */
export function tasksPage(view, { lists: { mine, free, others }, notices: list }) {
  return page(
    view,
    'Tasks',
    html` ${notices(view, list)} ${group('mine', 'Assigned to you', mine, 'Nothing waits for you.')}
    ${group('free', 'To be taken', free, 'No task waits for somebody to take it.')}
    ${others.tasks.length > 0 ? group('others', 'With others', others, '') : ''}`,
  );
}
