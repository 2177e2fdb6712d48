import { html } from '../web/html.js';
import { csrfField, page } from '../web/layout.js';
import { onceField } from '../web/once.js';
import { formFields } from './form.js';

const href = ({ modelName, elementId }) =>
  `/start/${encodeURIComponent(modelName)}/${encodeURIComponent(elementId)}`;

/** The processes that the user may start. */
export function startListPage(view, starts) {
  return page(
    view,
    'Start a process',
    html` ${starts.length === 0 ? html`<p class="muted">There are no processes that you may start.</p>` : ''}
      <ul class="tiles">
        ${starts.map(
          (start) =>
            html` <li class="card">
              <h2>${start.modelName}</h2>
              <p>${start.documentation ?? start.name ?? ''}</p>
              <p>
                <a class="button primary" href="${href(start)}"
                  >Start<span class="hidden"> ${start.modelName}</span></a
                >
              </p>
            </li>`,
        )}
      </ul>`,
  );
}

/** The form of one start event. */
export function startPage(view, { start, fields, entered = {} }) {
  return page(
    view,
    `Start ${start.modelName}`,
    html` <form method="post" action="${href(start)}" class="card narrow">
      ${csrfField(view)} ${onceField()}
      ${fields.length === 0 ? html`<p>This process needs no input.</p>` : formFields(fields, entered.values, entered.problems)}
      <p class="buttons">
        <button class="primary">Start</button> <a class="button secondary" href="/start">Cancel</a>
      </p>
    </form>`,
  );
}
