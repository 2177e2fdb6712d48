import type { Match } from '../bson/match.js';
import type { StoredInstance } from '../port.js';

/** One item and its instance, both as stored. */
export interface Row {
  readonly key: string;
  readonly document: StoredInstance;
  readonly item: unknown;
}

/**
 * The items of an instance that match `each`, in list order. A value that is not a list counts as one item, as in
 * `$unwind`.
 */
export function unwind(key: string, document: StoredInstance, each: Match, needsAll: boolean): Row[] {
  const items: unknown = document.items;
  const list: unknown[] = Array.isArray(items) ? items : items === undefined || items === null ? [] : [items];
  // One view is reused for all items, because the predicate does not keep it.
  const view: Record<string, unknown> = needsAll ? { ...document, all: items } : { ...document };
  const rows: Row[] = [];
  for (const item of list) {
    view.items = item;
    if (each(view)) rows.push({ key, document, item });
  }
  return rows;
}

/** The document of the row that filters and sorts are applied to. */
export const viewOf = (row: Row): Record<string, unknown> => ({ ...row.document, items: row.item });
