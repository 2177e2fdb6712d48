import { not, type Condition } from '../../core/condition.js';
import type { Sort } from '../port.js';
import type { Leaf } from './caller-query.js';

/**
 * Fields of items that some readers of the item do not see. To a caller, a hidden field is absent: a test holds if the
 * field is shown and its value passes, and a negation holds otherwise.
 */
export interface Hidden {
  /** The condition under which a field of an item, by its stored path, is shown; undefined: every reader sees it. */
  shows(field: string): Condition | undefined;
}

const showsOf = (hidden: Hidden | undefined, leaf: Leaf): Condition | undefined =>
  leaf.on === 'item' ? hidden?.shows(leaf.field) : undefined;

/** The conditions under which the item fields of a query are shown, without duplicates. */
export function shownFor(hidden: Hidden | undefined, leaves: readonly Leaf[]): Condition[] {
  const found = leaves.map((leaf) => showsOf(hidden, leaf)).filter((shows) => shows !== undefined);
  return [...new Set(found)];
}

/** The first sort field that some readers do not see. */
export const hiddenSort = (hidden: Hidden | undefined, sort: Sort = []): string | undefined =>
  sort
    .map(([field]) => field)
    .find((field) => field.startsWith('items.') && hidden?.shows(field.slice('items.'.length)) !== undefined);

/** Splits a leaf into alternatives: a condition, and whether the test of the leaf applies under it. */
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
