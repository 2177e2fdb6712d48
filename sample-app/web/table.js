import { html } from './html.js';

/** The content of an empty cell. */
export const NOTHING = '–';

/**
 * A table. On a narrow screen each row becomes a block whose cells show their labels.
 * @param columns each with a `label` and `cell(row)`; the first one names the row. An `optional` one is omitted if
 * it is empty in all rows
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
