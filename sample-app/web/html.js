const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

/** Text that is already markup. Only `html` creates it. */
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
 * Creates markup from a template: escapes every value except markup created by this function. Joins lists;
 * undefined, null, true and false become empty. Attribute values must be quoted in the template.
 */
export function html(parts, ...values) {
  return new Markup(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** An attribute without a value, such as `checked`, if the condition holds. */
export const attribute = (name, condition) => (condition ? html` ${name}` : '');
