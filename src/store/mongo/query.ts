import type { Document } from 'mongodb';
import type { Filter, MarkFilter } from '../port.js';

/** All of the filters, side by side in one `$and`: none is merged into another. */
export function conjunction(...filters: readonly (Filter | undefined)[]): Document {
  const parts = filters.filter(
    (filter) => filter !== undefined && Object.keys(filter).length > 0,
  ) as Document[];
  return parts.length === 0 ? {} : parts.length === 1 ? (parts[0] as Document) : { $and: parts };
}

export const markFilter = (marks: MarkFilter | undefined): Filter | undefined =>
  marks && { [marks.field]: { $in: [...marks.anyOf] } };

/** A projection that leaves fields out. */
export const leavingOut = (names: readonly string[]): Document =>
  Object.fromEntries(names.map((name) => [name, 0]));

/** The document of a revision; undefined: one that an unguarded host wrote. */
export const atRevision = (rev: number | undefined): Filter => ({ 'guard.rev': rev ?? { $exists: false } });
