import { time } from '../web/format.js';
import { html } from '../web/html.js';
import { page } from '../web/layout.js';
import { NOTHING, table } from '../web/table.js';

const warningsOf = ({ warnings = [] }) =>
  warnings.length === 0
    ? NOTHING
    : html`<ul>
        ${warnings.map(({ element, found, means }) => html`<li><code>${element}</code>: ${found}. ${means}</li>`)}
      </ul>`;

const COLUMNS = [
  { label: 'Name', cell: ({ name }) => name },
  { label: 'Saved', cell: ({ saved }) => time(saved) },
  { label: 'Warnings', cell: warningsOf },
];

/** The models that the user may read, with their warnings. */
export function modelsPage(view, models) {
  return page(
    view,
    'Models',
    html` <section class="card" aria-labelledby="list">
      <h2 id="list">Models <span class="count">${models.length}</span></h2>
      ${models.length > 0 ? table(COLUMNS, models) : html`<p class="muted">There is none.</p>`}
      <p class="muted">
        If the people for a task are given in a form that is not understood, nobody may do the task.
        <code>bpmn-guard models check</code> says the same of a file before it is saved.
      </p>
    </section>`,
  );
}
