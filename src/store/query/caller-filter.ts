import type { Filter } from '../port.js';
import type { CallerQuery, Leaf } from './caller-query.js';
import { VALUE_TYPES } from './filter.js';

/** Any value, to define "absent": an empty list counts as a value. */
const ANY_VALUE = Object.freeze({ $type: Object.freeze([...VALUE_TYPES, 'array']) });
/** A list is tested by its entries, so an empty list has none of these types. */
const NO_ENTRY = Object.freeze({ $not: Object.freeze({ $type: VALUE_TYPES }) });

export const anyOf = (filters: readonly Filter[]): Filter =>
  filters.length === 1 ? (filters[0] as Filter) : { $or: filters };

export const all = (...filters: readonly Filter[]): Filter => {
  const parts = filters.filter((filter) => Object.keys(filter).length > 0);
  return parts.length === 0 ? {} : parts.length === 1 ? (parts[0] as Filter) : { $and: parts };
};

export function leafFilter(leaf: Leaf, prefix = ''): Filter {
  const path = prefix + leaf.field;
  if (leaf.kind === 'test') return { [path]: leaf.test };
  return leaf.orEmpty === true ? { [path]: NO_ENTRY } : { $nor: [{ [path]: ANY_VALUE }] };
}

/** The filter of a query, made of those of its leaves and its `$elemMatch`. */
export function compound(
  query: CallerQuery,
  leaf: (leaf: Leaf) => Filter,
  element: (where: CallerQuery) => Filter,
): Filter {
  switch (query.kind) {
    case 'and':
      return all(...query.of.map((part) => compound(part, leaf, element)));
    case 'or':
    case 'nor':
      return { [`$${query.kind}`]: query.of.map((part) => compound(part, leaf, element)) };
    case 'element':
      return element(query.where);
    default:
      return leaf(query);
  }
}

/** The query on one element, whose fields are below `prefix`. */
export const ofElement = (query: CallerQuery, prefix: string): Filter =>
  compound(
    query,
    (leaf) => leafFilter(leaf, prefix),
    (where) => ofElement(where, prefix),
  );

/** All tests of single fields in a query. */
export function leaves(query: CallerQuery): Leaf[] {
  if (query.kind === 'element') return leaves(query.where);
  return query.kind === 'test' || query.kind === 'absent' ? [query] : query.of.flatMap(leaves);
}
