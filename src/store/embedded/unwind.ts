import type { Spend } from '../bson/budget.js';
import { child } from '../bson/kind.js';
import type { Match } from '../bson/match.js';
import { equalValues } from '../bson/order.js';
import type { StoredInstance } from '../port.js';
import type { Stored } from './instance-bytes.js';

/** One item and its instance, both as stored. */
export interface Row {
  readonly key: string;
  readonly document: StoredInstance;
  readonly item: unknown;
  /** Its position in the list. */
  readonly at: number;
}

const listIn = ({ items }: StoredInstance): unknown[] =>
  Array.isArray(items) ? (items as unknown[]) : items === undefined || items === null ? [] : [items];

/** What predicates of items are applied to. It is reused for all items of an instance, because they do not keep it. */
const viewFor = (document: StoredInstance, needsAll: boolean): Record<string, unknown> =>
  needsAll ? { ...document, all: document.items } : { ...document };

/**
 * The items of an instance that match `each`, in list order. A value that is not a list counts as one item, as in
 * `$unwind`.
 */
export function unwind(key: string, document: StoredInstance, each: Match, needsAll: boolean): Row[] {
  const view = viewFor(document, needsAll);
  const rows: Row[] = [];
  for (const [at, item] of listIn(document).entries()) {
    view.items = item;
    if (each(view)) rows.push({ key, document, item, at });
  }
  return rows;
}

/** The place of an item: its instance, its position, and its id. */
export interface Place {
  readonly id: string;
  readonly at: number;
  readonly item: unknown;
}

export const placeOf = ({ document, item, at }: Row): Place => ({
  id: document.id,
  at,
  item: child(item, 'id'),
});

/**
 * The items of places of one instance as they are now; undefined for one that is gone, or does not match `each`.
 * @param spend counts one step for each item of the list when items have moved
 */
export function rowsAt(
  { key, document }: Stored,
  places: readonly Place[],
  each: Match,
  needsAll: boolean,
  spend: Spend,
): (Row | undefined)[] {
  const list = listIn(document);
  const view = viewFor(document, needsAll);
  let moved: ReadonlyMap<unknown, number> | undefined;
  const find = (id: unknown): number | undefined => {
    if (moved === undefined) {
      spend(list.length);
      // The first of those with the same id is found.
      moved = new Map(list.map((item, at) => [child(item, 'id'), at] as const).reverse());
    }
    return moved.get(id);
  };
  return places.map((place) => {
    const isThere = place.at < list.length && equalValues(child(list[place.at], 'id'), place.item);
    const at = isThere ? place.at : find(place.item);
    if (at === undefined) return undefined;
    view.items = list[at];
    return each(view) ? { key, document, item: list[at], at } : undefined;
  });
}

/** The document of the row that filters and sorts are applied to. */
export const viewOf = (row: Row): Record<string, unknown> => ({ ...row.document, items: row.item });
