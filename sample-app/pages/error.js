import { html } from '../web/html.js';
import { page } from '../web/layout.js';

/** @param back a link to continue with: `{href, label}` */
export function errorPage(view, { title, message, back = { href: '/', label: 'Back to the start page' } }) {
  return page(
    view,
    title,
    html`<p class="notice error" role="alert">${message}</p>
      <p><a href="${back.href}">${back.label}</a></p>`,
  );
}
