const INDEX = /^(0|[1-9]\d*)$/;

/** Keys that lead out of an object's data; refused wherever a caller may name a key. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The own property of an object, or undefined; inherited keys do not count. */
export function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** A call takes a limited number of arguments, and a list in data is longer. */
function addAll(to: unknown[], values: readonly unknown[]): void {
  for (const value of values) to.push(value);
}

/**
 * The values at a dotted path, as MongoDB finds them: an array on the way stands for each of its elements (and, for
 * a number, for the element at that position). `undefined` stands for "missing".
 */
export function valuesAt(document: unknown, segments: readonly string[], from = 0): unknown[] {
  let value = document;
  for (let i = from; i < segments.length; i++) {
    const segment = segments[i] as string;
    if (Array.isArray(value)) {
      const found: unknown[] = [];
      if (INDEX.test(segment) && Number(segment) < value.length) {
        const entry: unknown = value[Number(segment)];
        // A list selected by a number stands for itself, and no condition is about a list.
        if (i + 1 < segments.length || !Array.isArray(entry)) addAll(found, valuesAt(entry, segments, i + 1));
      }
      for (const element of value as unknown[]) {
        if (typeof element === 'object' && element !== null && !Array.isArray(element))
          addAll(found, valuesAt(element, segments, i));
      }
      return found;
    }
    value = own(value, segment);
  }
  return [value];
}

/** True for a document or a list; not for a date, an id or another database type. */
export function isDocument(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || value instanceof Date) return false;
  return !('_bsontype' in value) || Object.hasOwn(value, '_bsontype');
}
