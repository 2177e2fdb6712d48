import { time } from '../web/format.js';
import { html } from '../web/html.js';
import { buttonForm, page } from '../web/layout.js';
import { NOTHING, table } from '../web/table.js';

const isExpired = ({ expires }) => expires !== undefined && expires <= new Date();
const isInUse = (key) => key.revoked === undefined && !isExpired(key);

/** For whom a key acts, in words. */
function actsFor({ actsFor: whom }) {
  if (whom === 'anyone') return 'every user';
  if (whom === 'itself') return 'itself';
  const { users = [], groups = [] } = whom;
  const named = (what, names) => (names.length > 0 ? [`${what} ${names.join(', ')}`] : []);
  return [...named('users', users), ...named('groups', groups)].join('; ');
}

function tenant({ tenantId }) {
  if (tenantId === undefined) return 'any';
  return tenantId ?? NOTHING;
}

function state(key) {
  if (key.revoked !== undefined)
    return html`<span class="badge closed">revoked</span> <span class="muted">${time(key.revoked)}</span>`;
  return isExpired(key)
    ? html`<span class="badge closed">expired</span>`
    : html`<span class="badge done">in use</span>`;
}

const columns = (view) => [
  { label: 'Name', cell: ({ name }) => name },
  { label: 'Acts for', cell: actsFor },
  { label: 'Groups', cell: ({ groups }) => groups.join(', ') || NOTHING, optional: true },
  { label: 'Tenant', cell: tenant, optional: true },
  { label: 'Expires', cell: ({ expires }) => (expires === undefined ? 'never' : time(expires)) },
  { label: 'Last used', cell: ({ lastUsed }) => time(lastUsed) },
  { label: 'State', cell: state },
  {
    label: 'Revoke',
    cell: (key) =>
      isInUse(key) ? buttonForm(view, `/keys/${encodeURIComponent(key.id)}/revoke`, 'Revoke') : NOTHING,
    optional: true,
  },
];

/** The keys that the administrator may see. @param hasApiKey whether the variable API_KEY is set */
export function keysPage(view, { keys, hasApiKey }) {
  return page(
    view,
    'Keys',
    html` <section class="card" aria-labelledby="list">
      <h2 id="list">Keys of programs <span class="count">${keys.length}</span></h2>
      ${keys.length > 0 ? table(columns(view), keys) : html`<p class="muted">There is none.</p>`}
      <p class="muted">
        A key that is revoked is out at the next call, for good. Keys are made with
        <code>bpmn-guard key create</code>; those for any tenant are shown to members of SYSTEM only.
        ${hasApiKey ? html`There is the key of API_KEY too, which ends with that setting.` : ''}
      </p>
    </section>`,
  );
}
