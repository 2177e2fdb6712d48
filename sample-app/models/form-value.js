const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const WHOLE = /^[+-]?\d+$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const isDay = (text) => DAY.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
const safeDay = (text) => {
  try {
    return isDay(text);
  } catch {
    return false;
  }
};

class Problem {
  constructor(message) {
    this.message = message;
  }
}

function numberFrom(text, field, form, what) {
  const value = Number(text);
  if (!form.test(text) || !Number.isFinite(value)) return new Problem(`${field.label} must be ${what}.`);
  if (field.min !== undefined && value < field.min)
    return new Problem(`${field.label} must be at least ${field.min}.`);
  if (field.max !== undefined && value > field.max)
    return new Problem(`${field.label} must be at most ${field.max}.`);
  return value;
}

function textFrom(text, field) {
  if (field.minlength !== undefined && text.length < field.minlength)
    return new Problem(`${field.label} needs at least ${field.minlength} characters.`);
  if (field.maxlength !== undefined && text.length > field.maxlength)
    return new Problem(`${field.label} takes at most ${field.maxlength} characters.`);
  return text;
}

const READ = {
  text: textFrom,
  number: (text, field) => numberFrom(text, field, NUMBER, 'a number'),
  whole: (text, field) => numberFrom(text, field, WHOLE, 'a whole number'),
  date: (text, field) =>
    safeDay(text) ? text : new Problem(`${field.label} must be a date such as 2030-01-31.`),
  enum: (text, field) =>
    field.values.some(({ id }) => id === text)
      ? text
      : new Problem(`${field.label} must be one of the choices.`),
  boolean: (text, field) =>
    text === 'true' || text === 'false' ? text === 'true' : new Problem(`${field.label} must be yes or no.`),
};

function read(field, sent) {
  const text = typeof sent === 'string' ? sent.trim() : '';
  if (text !== '') return READ[field.kind](text, field);
  if (field.required) return new Problem(`${field.label} is required.`);
  return field.kind === 'boolean' ? false : undefined;
}

/**
 * Converts a submitted form to process data: only the declared fields, in their types. Days stay text
 * (`2030-01-31`), so that no time zone shifts them. Empty optional fields are omitted.
 * @returns `{data, problems}`: problems by field id
 */
export function readForm(fields, body) {
  const data = {};
  const problems = new Map();
  for (const field of fields.filter(({ readonly }) => !readonly)) {
    const value = read(field, body?.[field.id]);
    if (value instanceof Problem) problems.set(field.id, value.message);
    else if (value !== undefined) data[field.id] = value;
  }
  return { data, problems };
}
