import type { Document } from 'mongodb';
import type { Filter, MarkFilter } from '../port.js';

/** Combines the filters in one `$and`; none is merged into another. */
export function conjunction(...filters: readonly (Filter | undefined)[]): Document {
  const parts = filters.filter(
    (filter) => filter !== undefined && Object.keys(filter).length > 0,
  ) as Document[];
  return parts.length === 0 ? {} : parts.length === 1 ? (parts[0] as Document) : { $and: parts };
}

/**
 * The marks of one query in the order of an index. MongoDB makes a scan of each and merges them, but of at most 200
 * (`internalQueryMaxScansToExplode`); with more it reads and sorts all that matches.
 */
export const MOST_MERGED = 150;

/** Splits the marks into portions that one index answers in order; one portion without marks if there are none. */
export function portions(marks: MarkFilter | undefined): (MarkFilter | undefined)[] {
  if (marks === undefined || marks.anyOf.length <= MOST_MERGED) return [marks];
  const { field, anyOf } = marks;
  return Array.from({ length: Math.ceil(anyOf.length / MOST_MERGED) }, (_, i) => ({
    field,
    anyOf: anyOf.slice(i * MOST_MERGED, (i + 1) * MOST_MERGED),
  }));
}

/** Merges the rows of several walks in one direction of `_id`, without duplicates. */
export function byAge<T extends { readonly _id?: unknown }>(
  walks: readonly (readonly T[])[],
  direction: 1 | -1 = -1,
): T[] {
  const [only, ...more] = walks;
  if (only !== undefined && more.length === 0) return [...only];
  const byId = new Map(walks.flat().map((row) => [String(row._id), row]));
  return [...byId].sort(([a], [b]) => (a < b ? -direction : direction)).map(([, row]) => row);
}

/** Documents behind one in a direction of `_id`; undefined: all. */
export const beyond = (id: unknown, way: 1 | -1): Filter | undefined =>
  id === undefined ? undefined : { _id: { [way === 1 ? '$gt' : '$lt']: id } };

export const markFilter = (marks: MarkFilter | undefined): Filter | undefined =>
  marks && { [marks.field]: { $in: [...marks.anyOf] } };

/** A projection that excludes fields. */
export const leavingOut = (names: readonly string[]): Document =>
  Object.fromEntries(names.map((name) => [name, 0]));
