import type { Match } from '../bson/match.js';
import type { StoredInstance } from '../port.js';

/** One item beside its instance, both as they are stored. */
export interface Row {
  readonly key: string;
  readonly document: StoredInstance;
  readonly item: unknown;
}

/**
 * The items of an instance that satisfy `each`, in the order of the list; what is no list counts as one item,
 * as in `$unwind`.
 */
export function unwind(key: string, document: StoredInstance, each: Match, needsAll: boolean): Row[] {
  const items: unknown = document.items;
  const list: unknown[] = Array.isArray(items) ? items : items === undefined || items === null ? [] : [items];
  // One view for all items: the predicate is done with it before the next one takes its place.
  const view: Record<string, unknown> = needsAll ? { ...document, all: items } : { ...document };
  const rows: Row[] = [];
  for (const item of list) {
    view.items = item;
    if (each(view)) rows.push({ key, document, item });
  }
  return rows;
}

/** What the row is to a filter or a sort. */
export const viewOf = (row: Row): Record<string, unknown> => ({ ...row.document, items: row.item });
