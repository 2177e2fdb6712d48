import { html } from './html.js';

/** What a cell shows that has nothing to show. */
export const NOTHING = '–';

/**
 * A table; on a narrow screen each row is a block, and each cell says what it is.
 * @param columns each with a `label` and `cell(row)`; the first names the row. One that is `optional` is left out where
 *   it has nothing to show in any row
 */
export function table(columns, rows) {
  const cells = columns.map(({ label, cell, optional }) => ({ label, optional, all: rows.map(cell) }));
  const [names, ...others] = cells.filter(
    ({ optional, all }) => !optional || all.some((content) => content !== NOTHING),
  );
  const cellOf = ({ label, all }, at) =>
    html`<td data-label="${label}" class="${all[at] === NOTHING ? 'nothing' : ''}">
      <span>${all[at]}</span>
    </td>`;
  return html`<table class="rows">
    <thead>
      <tr>
        ${[names, ...others].map(({ label }) => html`<th scope="col">${label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (_row, at) =>
          html`<tr>
            <th scope="row">${names.all[at]}</th>
            ${others.map((column) => cellOf(column, at))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
