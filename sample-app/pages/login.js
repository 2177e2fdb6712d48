import { html } from '../web/html.js';
import { csrfField, page } from '../web/layout.js';

/** @param message why the last try did not work */
export function loginPage(view, { message, userName = '' } = {}) {
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
    </form>`,
  );
}
