import { child } from '../bson/kind.js';
import type { Match } from '../bson/match.js';
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

/**
 * The items of an instance that match `each`, in list order. A value that is not a list counts as one item, as in
 * `$unwind`.
 */
export function unwind(key: string, document: StoredInstance, each: Match, needsAll: boolean): Row[] {
  // One view is reused for all items, because the predicate does not keep it.
  const view: Record<string, unknown> = needsAll ? { ...document, all: document.items } : { ...document };
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

/** The item of a place as it is now; undefined if it is gone, or does not match `each`. */
export function rowAt(
  { key, document }: Stored,
  place: Place,
  each: Match,
  needsAll: boolean,
): Row | undefined {
  const list = listIn(document);
  const isIt = (item: unknown): boolean => child(item, 'id') === place.item;
  const at = place.at < list.length && isIt(list[place.at]) ? place.at : list.findIndex(isIt);
  if (at < 0) return undefined;
  const view = { ...document, ...(needsAll && { all: document.items }), items: list[at] };
  return each(view) ? { key, document, item: list[at], at } : undefined;
}

/** The document of the row that filters and sorts are applied to. */
export const viewOf = (row: Row): Record<string, unknown> => ({ ...row.document, items: row.item });
