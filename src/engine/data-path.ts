import { own } from '../core/path.js';

/** What a token's data path reaches in the data of its instance, own properties only; undefined when nothing. */
export function dataAt(data: unknown, path: unknown): unknown {
  if (typeof path !== 'string' || path === '') return data;
  return path
    .split('.')
    .map((part) => part.replace('[]', ''))
    .filter((part) => part !== '')
    .reduce<unknown>(own, data);
}

/** The data that an item sees: its token's part of the instance's data. */
export function dataOfItem(instance: { data?: unknown; tokens?: unknown[] }, tokenId: unknown): unknown {
  const token = (instance.tokens ?? []).find((entry) => own(entry, 'id') === tokenId);
  return dataAt(instance.data, own(token, 'dataPath'));
}

/** A copy of plain data, so that a view does not change with the execution that it was made of; functions are left out. */
export function detach(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(detach);
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Date(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, detach(entry)]));
}
