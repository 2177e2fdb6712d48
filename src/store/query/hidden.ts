import { not, type Condition } from '../../core/condition/condition.js';
import type { Sort } from '../port.js';
import type { Leaf } from './caller-query.js';

/**
 * Fields of items and instances that some of their readers do not see. To a caller, a hidden field is absent: a test
 * holds if the field is shown and its value passes, and a negation holds otherwise.
 */
export interface Hidden {
  /**
   * The condition under which a field is shown, by its stored path; undefined: every reader sees it.
   * @param on an item, or the instance
   */
  shows(on: Leaf['on'], field: string): Condition | undefined;
}

const showsOf = (hidden: Hidden | undefined, { on, field }: Leaf): Condition | undefined =>
  hidden?.shows(on, field);

/** The conditions under which the fields of a query are shown, without duplicates. */
export function shownFor(hidden: Hidden | undefined, leaves: readonly Leaf[]): Condition[] {
  const found = leaves.map((leaf) => showsOf(hidden, leaf)).filter((shows) => shows !== undefined);
  return [...new Set(found)];
}

/** The first sort field that some readers do not see. */
export const hiddenSort = (hidden: Hidden | undefined, sort: Sort = []): string | undefined =>
  sort
    .map(([field]) => field)
    .find(
      (field) =>
        (field.startsWith('items.')
          ? hidden?.shows('item', field.slice('items.'.length))
          : hidden?.shows('row', field)) !== undefined,
    );

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
