import { BadInput } from '../../core/errors.js';
import { unknownName } from '../../core/options.js';
import { isPlainObject, show } from '../../core/value.js';

export type Schema = Readonly<Record<string, unknown>>;

/** One input of a route, checked before anything is called. */
export interface Param<T> {
  readonly schema: Schema;
  readonly says: string;
  readonly required: boolean;
  /** Query strings contain plain text; all other inputs are JSON in them. */
  readonly text: boolean;
  /** @throws BadInput naming the input */
  read(value: unknown, name: string): T;
}

const DEEPEST = 40;
const bad = (message: string): never => {
  throw new BadInput('bad-request', message);
};

function required<T>(schema: Schema, says: string, read: Param<T>['read'], text = false): Param<T> {
  return Object.freeze({ schema, says, required: true, text, read });
}

/** The same input, but optional; null counts as missing. */
export function optional<T>(param: Param<T>): Param<T | undefined> {
  return Object.freeze({ ...param, required: false });
}

/** A name or id: a text. */
export const text = (says: string): Param<string> =>
  required(
    { type: 'string' },
    says,
    (value, name) => (typeof value === 'string' ? value : bad(`${name} must be a text.`)),
    true,
  );

const isObject = (value: unknown): value is Record<string, unknown> => isPlainObject(value);

export const object = <T extends object = Record<string, unknown>>(
  says: string,
  schema: Schema = { type: 'object' },
): Param<T> =>
  required(schema, says, (value, name) =>
    isObject(value) ? (value as T) : bad(`${name} must be an object.`),
  );

/** An object that has these fields and no others; their values are checked where they are used. */
export const objectOf = <T extends object>(
  says: string,
  names: readonly (keyof T & string)[],
  schema: Schema,
): Param<T> => {
  const any = object<T>(says, schema);
  return required(schema, says, (value, name) => {
    const given = any.read(value, name);
    const strange = Object.keys(given).find((key) => !(names as readonly string[]).includes(key));
    return strange === undefined
      ? given
      : bad(`${name} has no ${show(strange)}. ${unknownName(strange, names)}`);
  });
};

export const texts = (says: string): Param<string[]> =>
  required({ type: 'array', items: { type: 'string' } }, says, (value, name) =>
    Array.isArray(value) && value.every((entry) => typeof entry === 'string')
      ? value
      : bad(`${name} must be a list of texts.`),
  );

export const flag = (says: string): Param<boolean> =>
  required({ type: 'boolean' }, says, (value, name) =>
    typeof value === 'boolean' ? value : bad(`${name} must be true or false.`),
  );

/** A list of objects. */
export const objects = <T extends object = Record<string, unknown>>(
  says: string,
  of: Schema = { type: 'object' },
): Param<T[]> =>
  required({ type: 'array', items: of }, says, (value, name) =>
    Array.isArray(value) && value.every(isObject)
      ? (value as T[])
      : bad(`${name} must be a list of objects.`),
  );

/** A whole number from 0. */
export const wholeNumber = (says: string): Param<number> =>
  required({ type: 'integer', minimum: 0 }, says, (value, name) =>
    Number.isInteger(value) ? (value as number) : bad(`${name} must be a whole number.`),
  );

export const count = (says: string): Param<number> =>
  required({ type: 'integer', minimum: 1 }, says, (value, name) =>
    Number.isInteger(value) ? (value as number) : bad(`${name} must be a whole number.`),
  );

/** A projection: a list of names, or an object of 0 and 1. */
export const projection = (says: string): Param<string[] | Record<string, 0 | 1>> =>
  required(
    { oneOf: [{ type: 'array', items: { type: 'string' } }, { type: 'object' }] },
    says,
    (value, name) =>
      isObject(value) || Array.isArray(value)
        ? (value as string[] | Record<string, 0 | 1>)
        : bad(`${name} must be a list of names, or an object of 0 and 1.`),
  );

/** Dates of a query: JSON has none, so they are written `{"$date": "2030-01-31T00:00:00Z"}`. */
function revive(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new BadInput('bad-query', `A query may be at most ${DEEPEST} levels deep.`);
  if (Array.isArray(value)) return value.map((entry) => revive(entry, depth + 1));
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === '$date') {
    const date = typeof value.$date === 'string' ? new Date(value.$date) : undefined;
    if (date === undefined || Number.isNaN(date.getTime()))
      throw new BadInput('bad-query', '$date must be a date as text (ISO 8601).');
    return date;
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revive(entry, depth + 1)]));
}

/** A query in MongoDB's syntax; its content is checked where it is used. */
export const query = (says: string): Param<Record<string, unknown>> =>
  required({ $ref: '#/components/schemas/Query' }, says, (value, name) =>
    isObject(value) ? (revive(value) as Record<string, unknown>) : bad(`${name} must be an object.`),
  );
