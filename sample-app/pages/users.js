import { createHash } from 'node:crypto';
import { html } from '../web/html.js';
import { buttonForm, csrfField, page } from '../web/layout.js';
import { table } from '../web/table.js';
import { newPassword } from './password.js';

export const addressOf = ({ userName }) => `/users/${encodeURIComponent(userName)}`;
/** Tells apart what the form of a user shows, so that it does not undo what somebody else has changed since. */
export const shownFacts = ({ userGroups, attributes }) =>
  createHash('sha256')
    .update(JSON.stringify([userGroups, attributes?.supervisor ?? null]))
    .digest('base64url');
const state = ({ disabled, hasPassword }) => {
  if (disabled) return html`<span class="badge closed">disabled</span>`;
  return hasPassword
    ? html`<span class="badge done">active</span>`
    : html`<span class="badge">no password</span>`;
};
const alert = (problem) => (problem ? html`<p class="notice error" role="alert">${problem}</p>` : '');

const textField = (name, label, { value = '', hint, required = false }) =>
  html`<p class="field">
    <label for="${name}">${label}${required ? '' : html` <span class="muted">(optional)</span>`}</label>
    <input
      id="${name}"
      name="${name}"
      value="${value}"
      autocomplete="off"
      autocapitalize="none"
      ${required ? html` required` : ''}${hint ? html` aria-describedby="${name}-hint"` : ''}
    />
    ${hint ? html`<span class="muted" id="${name}-hint">${hint}</span>` : ''}
  </p>`;

const facts = ({ groups, supervisor }) =>
  html` ${textField('groups', 'Groups', { value: groups, hint: 'Separated by commas. ADMIN administers, DESIGNER changes models.' })}
  ${textField('supervisor', 'Supervisor', { value: supervisor, hint: 'User name of the person who decides about requests.' })}`;

const COLUMNS = [
  { label: 'User', cell: (user) => html`<a href="${addressOf(user)}">${user.userName}</a>` },
  { label: 'Groups', cell: ({ userGroups }) => userGroups.join(', ') || '–' },
  { label: 'Supervisor', cell: ({ attributes }) => attributes?.supervisor ?? '–' },
  { label: 'State', cell: state },
];

/** The users, and a form to add one. @param entered the submitted values and why they were refused */
export function usersPage(view, { users, entered = {} }) {
  return page(
    view,
    'Users',
    html` <div class="columns wide-first">
      <section class="card" aria-labelledby="list">
        <h2 id="list">All users <span class="count">${users.length}</span></h2>
        ${table(COLUMNS, users)}
      </section>
      <form method="post" action="/users" class="card">
        <h2>Add a user</h2>
        ${csrfField(view)} ${alert(entered.problem)}
        ${textField('userName', 'User name', { value: entered.userName, required: true })}
        ${facts({ groups: entered.groups, supervisor: entered.supervisor })}
        ${newPassword({ label: 'First password' })}
        <p><button class="primary">Add user</button></p>
      </form>
    </div>`,
  );
}

/** One user, with the possible changes. @param problem why a change was refused */
export function userPage(view, { user, problem }) {
  const address = addressOf(user);
  const isSelf = user.userName === view.user.userName;
  const button = user.disabled
    ? buttonForm(view, `${address}/enable`, 'Enable')
    : buttonForm(view, `${address}/disable`, 'Disable');
  return page(
    view,
    user.userName,
    html` <p class="lead">${state(user)} <a href="/users">All users</a></p>
      ${alert(problem)}
      <div class="columns">
        <form method="post" action="${address}" class="card">
          <h2>Groups and supervisor</h2>
          ${csrfField(view)}
          <input type="hidden" name="shown" value="${shownFacts(user)}" />
          ${facts({ groups: user.userGroups.join(', '), supervisor: user.attributes?.supervisor })}
          <p><button class="primary">Save</button></p>
        </form>
        <div>
          <section class="card" aria-labelledby="access">
            <h2 id="access">Access</h2>
            <p class="muted">
              ${isSelf ? 'This is you: another administrator has to disable you.' : 'Disabled users are signed out at their next click.'}
            </p>
            ${isSelf ? '' : html`<div class="buttons">${button}</div>`}
          </section>
          <form method="post" action="${address}/password" class="card">
            <h2>New password</h2>
            ${csrfField(view)} ${newPassword()}
            <p class="muted">Wherever this user is signed in, the session ends.</p>
            <p><button class="secondary">Set password</button></p>
          </form>
        </div>
      </div>`,
  );
}
