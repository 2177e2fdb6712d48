import { time } from '../web/format.js';
import { html } from '../web/html.js';
import { page } from '../web/layout.js';
import { NOTHING, table } from '../web/table.js';

const COLUMNS = [
  { label: 'Version', cell: ({ version }) => String(version) },
  { label: 'When', cell: (version) => time(version.time) },
  { label: 'By', cell: ({ userName }) => userName },
  { label: 'From', cell: ({ source }) => (source === 'file' ? 'a file' : 'the API') },
  { label: 'Entries', cell: ({ count }) => String(count) },
  { label: 'Reason', cell: ({ reason }) => reason ?? NOTHING, optional: true },
];

const NONE = html`<p class="muted">
  No policies are configured: only the assignments in the models apply.
</p>`;

/** The policies in force, read-only. @param text those policies as a policy file; @param isCut whether it goes on */
export function policiesPage(view, { version, text, isCut, versions }) {
  return page(
    view,
    'Policies',
    html` <section class="card" aria-labelledby="in-force">
        <h2 id="in-force">In force <span class="count">version ${version}</span></h2>
        ${version === 0 ? NONE : html`<pre class="policies" tabindex="0" aria-label="The policies as a file">${text}</pre>`}
        ${isCut ? html`<p class="muted">There is more; <code>bpmn-guard policy export</code> prints all of it.</p>` : ''}
        <p class="muted">
          A change counts at the next call. It is made through the API, over REST under <code>/api/policy</code>, or
          with <code>bpmn-guard policy apply</code>.
        </p>
      </section>
      <section class="card" aria-labelledby="history">
        <h2 id="history">History</h2>
        ${versions.length > 0 ? table(COLUMNS, versions) : html`<p class="muted">There is none.</p>`}
      </section>`,
  );
}
