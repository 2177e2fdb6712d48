import { time } from '../web/format.js';
import { html } from '../web/html.js';
import { buttonForm, page } from '../web/layout.js';
import { NOTHING, table } from '../web/table.js';

/** Maximum number listed: the most recently used ones. */
const MOST = 100;

const COLUMNS = [
  {
    label: 'Signed in',
    cell: ({ began, isPresent }) =>
      html`${time(began)}${isPresent ? html` <span class="badge done">this one</span>` : ''}`,
  },
  { label: 'Last seen', cell: ({ lastUsed }) => time(lastUsed) },
  { label: 'Address', cell: ({ address }) => address ?? NOTHING },
];

/** The sessions of the user. */
export function ownSessionsPage(view, sessions) {
  const left = sessions.length - MOST;
  return page(
    view,
    'Where I am signed in',
    html` <p class="lead"><a href="/account">My account</a></p>
      <section class="card" aria-labelledby="list">
        <h2 id="list">My sessions <span class="count">${sessions.length}</span></h2>
        ${table(COLUMNS, sessions.slice(0, MOST))}
        ${left > 0 ? html`<p class="muted">And ${left} more that were not used since.</p>` : ''}
        <p class="muted">
          If one of them is not yours, sign out everywhere and <a href="/account">change your password</a>.
        </p>
        <div class="buttons">${buttonForm(view, '/account/sessions/end', 'Sign out everywhere')}</div>
      </section>`,
  );
}
