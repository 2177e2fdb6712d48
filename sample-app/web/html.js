const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

/** Text that is markup already. Only `html` makes it. */
class Markup {
  #text;
  constructor(text) {
    this.#text = text;
  }
  toString() {
    return this.#text;
  }
}

function render(value) {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === undefined || value === null || value === false || value === true) return '';
  return escape(String(value));
}

/**
 * Markup from a template: every value is escaped, except markup made by this function. Lists are joined; undefined,
 * null, true and false give nothing. Attributes must stand in quotes in the template.
 */
export function html(parts, ...values) {
  return new Markup(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** An attribute without a value, such as `checked`, where the condition holds. */
export const attribute = (name, condition) => (condition ? html` ${name}` : '');
