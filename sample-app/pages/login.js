import { html } from '../web/html.js';
import { csrfField, page } from '../web/layout.js';
import { table } from '../web/table.js';

const COLUMNS = [
  { label: 'User name', cell: ({ userName }) => userName },
  { label: 'Password', cell: ({ password }) => html`<code>${password}</code>` },
  { label: 'Groups', cell: ({ userGroups }) => userGroups.join(', ') },
];

const demonstration = (demoUsers) =>
  html`<section class="card" aria-labelledby="demo">
    <h2 id="demo">Users for trying it out</h2>
    <p class="muted">
      For demonstration only: everybody knows these passwords. They no longer work for users who have changed theirs.
    </p>
    ${table(COLUMNS, demoUsers)}
  </section>`;

/** @param message why the last attempt failed @param demoUsers users whose passwords are shown */
export function loginPage(view, { message, userName = '', demoUsers = [] } = {}) {
  return page(
    view,
    'Sign in',
    html` <form method="post" action="/login" class="card narrow">
        ${csrfField(view)}
        ${message ? html`<p class="notice error" role="alert" id="problem">${message}</p>` : ''}
        <p class="field">
          <label for="userName">User name</label>
          <input
            id="userName"
            name="userName"
            value="${userName}"
            autocomplete="username"
            autocapitalize="none"
            required
            autofocus${message ? html` aria-describedby="problem"` : ''}
          />
        </p>
        <p class="field">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
        </p>
        <p><button class="primary">Sign in</button></p>
      </form>
      ${demoUsers.length === 0 ? '' : demonstration(demoUsers)}`,
  );
}
