import { CSRF_FIELD } from '../session/csrf.js';
import { attribute, html } from './html.js';

const PAGES = [
  ['/tasks', 'Tasks'],
  ['/start', 'Start a process'],
  ['/instances', 'My instances'],
];
const MODELS = ['/models', 'Models'];
const USERS = ['/users', 'Users'];
const KEYS = ['/keys', 'Keys'];
const POLICIES = ['/policies', 'Policies'];

/** The hidden field of every form. */
export const csrfField = (view) => html`<input type="hidden" name="${CSRF_FIELD}" value="${view.csrf()}" />`;

/** A form with a single button. */
export const buttonForm = (view, action, label, kind = 'secondary') =>
  html`<form method="post" action="${action}" class="inline">
    ${csrfField(view)}<button class="${kind}">${label}</button>
  </form>`;

function current(path, href) {
  if (path === href) return html` aria-current="page"`;
  return path.startsWith(`${href}/`) ? html` aria-current="true"` : '';
}

const pagesFor = ({ designs, administers, administersKeys }) => [
  ...PAGES,
  ...(designs ? [MODELS] : []),
  ...(administers ? [USERS, POLICIES] : []),
  ...(administersKeys ? [KEYS] : []),
];

const navigation = (view) =>
  html` <nav aria-label="Pages">
    <ul>
      ${pagesFor(view).map(([href, name]) => html`<li><a href="${href}" ${current(view.path, href)}>${name}</a></li>`)}
    </ul>
  </nav>`;

const nameOf = ({ user, requireAuthentication }) =>
  requireAuthentication
    ? html`<a href="/account"><strong>${user.userName}</strong><span class="hidden">, my account</span></a>`
    : html`<strong>${user.userName}</strong>`;

const whoActs = (view) =>
  html` <div class="who">
    <span
      >Signed in as
      ${nameOf(view)}${view.user.userGroups?.length ? html` <span class="muted">(${view.user.userGroups.join(', ')})</span>` : ''}</span
    >
    ${view.requireAuthentication ? buttonForm(view, '/logout', 'Sign out') : html`<span class="badge warn">development, no login</span>`}
  </div>`;

const notice = (view) =>
  view.flash ? html`<p class="notice ${view.flash.kind}" role="status">${view.flash.text}</p>` : '';

const bypass = (view) =>
  view.enforced
    ? ''
    : html`<p class="banner" role="note">
        Security rules are switched off: everybody may do everything. For development only.
      </p>`;

/**
 * A whole page. `view` has the values that every page needs: user, path, csrf, flash, enforced,
 * requireAuthentication.
 */
export function page(view, title, body) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Workflow sample</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <div class="bar">
            <a class="brand" href="/">Workflow sample</a>
            ${view.user ? [navigation(view), whoActs(view)] : ''}
          </div>
        </header>
        ${bypass(view)}
        <main id="main" tabindex="-1">
          <h1>${title}</h1>
          ${notice(view)} ${body}
        </main>
      </body>
    </html> `;
}

/** The options of a select. */
export const options = (choices, chosen) =>
  choices.map(
    ({ id, name }) => html`<option value="${id}" ${attribute('selected', id === chosen)}>${name}</option>`,
  );
