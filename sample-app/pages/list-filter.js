import { html } from '../web/html.js';
import { options } from '../web/layout.js';

const choices = (all) => Object.entries(all).map(([id, { name }]) => ({ id, name }));

const select = (name, label, all, chosen, none) =>
  html`<p class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      ${none === undefined ? '' : html`<option value="">${none}</option>`} ${options(all, chosen)}
    </select>
  </p>`;

/** The form that filters and sorts a list. @param processes names to choose from */
export function listFilter(view, wish, { processes, sorts, states }) {
  const names = [...new Set([...processes, ...(wish.process === undefined ? [] : [wish.process])])].sort();
  return html`<form method="get" action="${view.path}" class="row filter" aria-label="Filter and sort">
    ${select(
      'process',
      'Process',
      names.map((name) => ({ id: name, name })),
      wish.process,
      'All processes',
    )}
    ${states === undefined ? '' : select('state', 'Status', choices(states), wish.state, 'All')}
    ${select('sort', 'Order', choices(sorts), wish.sort)}
    <button class="secondary">Show</button>
    ${wish.isNarrowed || wish.sort !== 'newest' ? html`<a class="button secondary" href="${view.path}">Show all</a>` : ''}
  </form>`;
}

/** The key facts of a row, as `First day: 1 Jul 2030`. @param shown formats a value */
export const factLines = (facts, shown) =>
  facts.length === 0
    ? '–'
    : facts.map(
        ({ label, value, field }) => html`<span class="fact">${label}: ${shown(value, field)}</span>`,
      );
