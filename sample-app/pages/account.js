import { html } from '../web/html.js';
import { csrfField, page } from '../web/layout.js';
import { newPassword, passwordField } from './password.js';

const groups = ({ userGroups }) => (userGroups?.length ? userGroups.join(', ') : 'none');

/** The account page. @param problem why the password was not changed: `{field, text}` */
export function accountPage(view, { problem } = {}) {
  const of = (field) => (problem?.field === field ? problem.text : undefined);
  return page(
    view,
    'My account',
    html` <section class="card narrow" aria-labelledby="who">
        <h2 id="who">Who you are</h2>
        <dl class="facts">
          <div>
            <dt>User name</dt>
            <dd>${view.user.userName}</dd>
          </div>
          <div>
            <dt>Groups</dt>
            <dd>${groups(view.user)}</dd>
          </div>
        </dl>
        <p><a href="/account/sessions">Where I am signed in</a></p>
      </section>
      <form method="post" action="/account/password" class="card narrow">
        <h2>Change my password</h2>
        ${csrfField(view)}
        <input name="userName" value="${view.user.userName}" autocomplete="username" hidden readonly />
        ${passwordField('old', 'Old password', { autocomplete: 'current-password', problem: of('old') })}
        ${newPassword({ problem: of('password') })}
        ${passwordField('again', 'New password again', { autocomplete: 'new-password', problem: of('again') })}
        <p class="muted">Everywhere else where you are signed in you are signed out.</p>
        <p><button class="primary">Change password</button></p>
      </form>`,
  );
}
