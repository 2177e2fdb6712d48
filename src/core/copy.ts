import { isPlainObject } from './value.js';

const itself = (value: object): unknown => value;

/**
 * A deep copy of lists, plain objects and dates, which shares no mutable data with the original. Functions are dropped.
 * Input of callers is checked while it is copied (`checkData`), attributes of a user are frozen (`SecureUser`): those
 * have copies of their own.
 * @param other copies an object of any other class; default: it stays what it is
 * @param enter called for each list and object, with its level; what it throws ends the copy
 */
export function deepCopy<T>(
  value: T,
  other: (value: object) => unknown = itself,
  enter: (level: number) => void = anywhere,
): T {
  return copied(value, other, enter, 0) as T;
}

const anywhere = (): void => undefined;

function copied(
  value: unknown,
  other: (value: object) => unknown,
  enter: (level: number) => void,
  level: number,
): unknown {
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  enter(level);
  if (Array.isArray(value)) return value.map((entry) => copied(entry, other, enter, level + 1));
  if (isPlainObject(value)) return copyOfFields(value, other, enter, level + 1);
  return value instanceof Date ? new Date(value) : other(value);
}

/** A deep copy of the fields of an object. */
export function copyOfFields(
  value: Readonly<Record<string, unknown>>,
  other: (value: object) => unknown = itself,
  enter: (level: number) => void = anywhere,
  level = 0,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const entry = copied(value[key], other, enter, level);
    // Plain assignment would set the prototype instead of a field.
    if (key === '__proto__')
      Object.defineProperty(copy, key, {
        value: entry,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else copy[key] = entry;
  }
  return copy;
}
