import { not, type Condition } from '../../core/condition.js';
import type { Sort } from '../port.js';
import type { Leaf } from './caller-query.js';

/**
 * Fields of items that not everybody sees who may read the item. A hidden field is absent to a caller: a test of it
 * holds where it is shown and the test holds, a negation where that is not so.
 */
export interface Hidden {
  /** Where the field of an item, by its stored path, is shown; undefined: to all who may read the item. */
  shows(field: string): Condition | undefined;
}

const showsOf = (hidden: Hidden | undefined, leaf: Leaf): Condition | undefined =>
  leaf.on === 'item' ? hidden?.shows(leaf.field) : undefined;

/** Where the fields that a query of items names are shown, each condition once. */
export function shownFor(hidden: Hidden | undefined, leaves: readonly Leaf[]): Condition[] {
  const found = leaves.map((leaf) => showsOf(hidden, leaf)).filter((shows) => shows !== undefined);
  return [...new Set(found)];
}

/** The first field of the sort that not everybody sees. */
export const hiddenSort = (hidden: Hidden | undefined, sort: Sort = []): string | undefined =>
  sort
    .map(([field]) => field)
    .find((field) => field.startsWith('items.') && hidden?.shows(field.slice('items.'.length)) !== undefined);

/** One leaf as alternatives of a condition under which it is asked, and whether its own test is asked with it. */
export function askedOf(
  hidden: Hidden | undefined,
  leaf: Leaf,
): readonly { readonly where?: Condition; readonly tested: boolean }[] {
  const where = showsOf(hidden, leaf);
  if (where === undefined) return [{ tested: true }];
  return leaf.kind === 'test'
    ? [{ where, tested: true }]
    : [{ where: not(where), tested: false }, { tested: true }];
}
