import { attribute, html } from '../web/html.js';
import { options } from '../web/layout.js';

const YES_NO = [
  { id: 'true', name: 'Yes' },
  { id: 'false', name: 'No' },
];
const LONG_TEXT = 120;
/** Distinct from the other ids of a page. */
const domId = ({ id }) => `field-${id}`;
const limit = (name, value) => (value === undefined ? '' : html` ${name}="${value}"`);
const described = (field, problem) =>
  problem ? html` aria-invalid="true" aria-describedby="${domId(field)}-problem"` : '';
const needed = (field) => (field.required ? '' : html` <span class="muted">(optional)</span>`);

function control(field, value, problem) {
  const common = html`id="${domId(field)}"
  name="${field.id}"${attribute('required', field.required)}${attribute('readonly', field.readonly)}${described(field, problem)}`;
  switch (field.kind) {
    case 'number':
    case 'whole':
      return html`<input
        type="number"
        step="${field.kind === 'whole' ? '1' : 'any'}"
        inputmode="decimal"
        ${common}
        value="${value}"
        ${limit('min', field.min)}${limit('max', field.max)}
      />`;
    case 'date':
      return html`<input type="date" ${common} value="${value}" />`;
    case 'enum':
      return html`<select ${common}>
        <option value="">Choose…</option>
        ${options(field.values, value)}
      </select>`;
    default:
      return field.maxlength > LONG_TEXT
        ? html`<textarea rows="3" ${common}${limit('maxlength', field.maxlength)}>${value}</textarea>`
        : html`<input type="text" ${common} value="${value}" ${limit('maxlength', field.maxlength)} />`;
  }
}

function decision(field, value, problem) {
  return html`<fieldset role="radiogroup" class="field" ${described(field, problem)}>
    <legend>${field.label}${needed(field)}</legend>
    ${YES_NO.map(({ id, name }) => html`<label class="choice"><input type="radio" name="${field.id}" value="${id}" ${attribute('required', field.required)}${attribute('checked', String(value) === id)} /> ${name}</label>`)}
  </fieldset>`;
}

const problemText = (field, problem) =>
  problem ? html`<span class="problem" id="${domId(field)}-problem">${problem}</span>` : '';

function fieldMarkup(field, value, problem) {
  if (field.kind === 'boolean' && field.required)
    return html`${decision(field, value, problem)}${problemText(field, problem)}`;
  if (field.kind === 'boolean') {
    return html`<p class="field">
      <label class="choice"
        ><input
          type="checkbox"
          id="${domId(field)}"
          name="${field.id}"
          value="true"
          ${attribute('checked', String(value) === 'true')}
        />
        ${field.label}</label
      >
    </p>`;
  }
  return html`<p class="field">
    <label for="${domId(field)}">${field.label}${needed(field)}</label
    >${control(field, value, problem)}${problemText(field, problem)}
  </p>`;
}

/**
 * The inputs of a form, with the entered values and their problems. A box that is missing from the values was not
 * ticked.
 */
export function formFields(fields, values, problems = new Map()) {
  const valueOf = ({ id, defaultValue }) => (values === undefined ? defaultValue : values[id]) ?? '';
  const summary =
    problems.size > 0 ? html`<p class="notice error" role="alert">Please check the marked fields.</p>` : '';
  return html`${summary}${fields.map((field) => fieldMarkup(field, valueOf(field), problems.get(field.id)))}`;
}
