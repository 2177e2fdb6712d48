import { time } from '../web/format.js';
import { html } from '../web/html.js';
import { buttonForm } from '../web/layout.js';

const notice = (view, { text, itemId, time: at }) =>
  html` <li>
    <span>${text} <span class="muted">${time(at)}</span></span>
    <span class="buttons"
      ><a class="button secondary" href="/tasks/${encodeURIComponent(itemId)}">Open the task</a
      >${buttonForm(view, `/notices/${encodeURIComponent(itemId)}/dismiss`, 'Dismiss')}</span
    >
  </li>`;

/** A page of notices. @param address of a page of them, by number */
export function noticesSection(view, { notices, page, pages, total }, address) {
  if (total === 0) return '';
  const link = (number, label) => html`<a href="${address(number)}#notices">${label}</a>`;
  return html`<section class="card" aria-labelledby="notices">
    <h2 id="notices">Notices <span class="count">${total}</span></h2>
    <ul class="notices">
      ${notices.map((entry) => notice(view, entry))}
    </ul>
    ${
      pages > 1
        ? html`<p class="pager">
            ${page > 1 ? link(page - 1, 'Newer notices') : ''}
            <span class="muted">page ${page} of ${pages}</span>
            ${page < pages ? link(page + 1, 'Older notices') : ''}
          </p>`
        : ''
    }
  </section>`;
}
