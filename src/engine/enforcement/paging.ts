import { unknownName } from '../../core/options.js';
import { isPlainObject, show } from '../../core/value.js';
import { parseField } from '../../store/query/caller-query.js';
import { badQuery } from '../../store/query/query-input.js';
import type { QueryFields } from '../../store/query/query-fields.js';
import type { Rows } from '../contract/api-types.js';
import type { Cursor, Paging, Sort } from '../../store/port.js';

/** Rows per page: the default and the maximum. */
export const PAGE = { size: 10, most: 1000 } as const;
/** Maximum number of rows of a list without paging. */
export const LIST_MOST = 10_000;
/** Where a count or total stops, unless the caller asks for the exact one. */
export const COUNTED = 10_000;

/** Maximum size of an answer of several rows, in bytes. A single row that exceeds it is returned alone. */
export const LIST_BYTES = 16_777_216;

/** Attaches the cursor as a non-enumerable property, so that the result is still a plain array. */
export function withCursor<Row>(
  rows: Row[],
  place: Cursor | { readonly skip: number } | undefined,
): Rows<Row> {
  return place === undefined
    ? rows
    : Object.defineProperty(rows, 'nextCursor', { value: printCursor(place) });
}

/** An instance and one of its items by `seq` and id, or a number of rows. */
const CURSOR = /^(?:([0-9a-f]{24})(?:~(-?\d[\d.e+-]{0,24})?~([\w-]{0,1000}))?|o(\d{1,9}))$/;

/**
 * Parses the parameters of a list. Unknown names are refused: a filter with a misspelt name would otherwise match
 * everything.
 * @throws BadInput `bad-query`, naming the parameter
 */
export function parseParameters(input: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (input === undefined || input === null) return {};
  if (!isPlainObject(input)) return badQuery(`Parameters must be an object of ${known.join(', ')}.`);
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const strange = given.find(([name]) => !known.includes(name));
  if (strange !== undefined)
    return badQuery(`Parameter ${show(strange[0])} is not allowed. ${unknownName(strange[0], known)}`);
  return Object.fromEntries(given);
}

/** @throws BadInput `bad-query`, naming the parameter */
export function parseFlag(name: string, value: unknown = false): boolean {
  return typeof value === 'boolean' ? value : badQuery(`${name} must be true or false.`);
}

/** The cursor of a page; opaque to the caller. */
export function printCursor(place: Cursor | { readonly skip: number }): string {
  if ('skip' in place) return `o${place.skip}`;
  if (place.item === undefined) return place.id;
  return `${place.id}~${place.seq ?? ''}~${Buffer.from(place.item).toString('base64url')}`;
}

/** `_id` orders by age. It is neither shown nor filterable, but callers of MongoDB sort by it. */
const AGE = { on: 'row', field: '_id' } as const;

/**
 * Parses a caller's sort: an object of fields and directions, in order.
 * @throws BadInput `bad-query` for a field that cannot be sorted by
 */
export function parseSort(input: unknown, fields: QueryFields): { sort?: Sort; items: boolean } {
  if (input === undefined || input === null) return { items: false };
  if (!isPlainObject(input)) return badQuery('A sort must be an object of fields and 1 or -1.');
  const entries = Object.entries(input);
  if (entries.length > 4) return badQuery('A sort may name at most 4 fields.');
  const places = entries.map(([name, direction]) => {
    if (direction !== 1 && direction !== -1) return badQuery(`Sort of ${show(name)} must be 1 or -1.`);
    const { on, field } = name === '_id' ? AGE : parseField(name, fields);
    return { on, key: [on === 'item' ? `items.${field}` : field, direction] as const };
  });
  const [first] = places;
  // Newest first is the default order, which has an index.
  const isDefault =
    first === undefined || (first.key[0] === '_id' && first.key[1] === -1 && places.length === 1);
  return {
    ...(isDefault ? {} : { sort: places.map(({ key }) => key) }),
    items: places.some(({ on }) => on === 'item'),
  };
}

/** @throws BadInput `bad-query` if limit or cursor is not valid */
export function parsePage(
  limit: unknown,
  after: unknown,
  sort: Sort | undefined,
): Paging & { readonly limit: number } {
  const size = limit === undefined || limit === null ? PAGE.size : limit;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > PAGE.most)
    return badQuery(`limit must be a whole number from 1 to ${PAGE.most}.`);
  if (after === undefined || after === null) return { limit: size, sort };
  const [, id, seq, item, skip] =
    (typeof after === 'string' ? CURSOR.exec(after) : null) ??
    badQuery('after must be the cursor of a previous page.');
  if ((skip !== undefined) !== (sort !== undefined))
    return badQuery('after belongs to a page in another order.');
  if (skip !== undefined) return { limit: size, sort, skip: Number(skip) };
  if (seq !== undefined && !Number.isFinite(Number(seq)))
    return badQuery('after must be the cursor of a previous page.');
  return {
    limit: size,
    after: {
      id: id as string,
      ...(seq === undefined ? {} : { seq: Number(seq) }),
      ...(item === undefined ? {} : { item: Buffer.from(item, 'base64url').toString() }),
    },
  };
}
