import type { CallerQuery } from '../../store/query/caller-query.js';

/** Ids in one query: an unpaged list has up to ten thousand rows, and a query must not grow with them. */
const IDS_AT_ONCE = 1000;

/** The condition that the id of an instance, or of an item, is one of these. */
export const idsIn = (on: 'row' | 'item', ids: readonly unknown[]): CallerQuery => ({
  kind: 'test',
  on,
  field: 'id',
  test: { $in: [...ids] },
});

/** Asks about rows in portions, one after the other; collects the ids of the answers. */
export async function inPortions<T>(
  rows: readonly T[],
  ask: (some: readonly T[]) => Promise<readonly string[]>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < rows.length; at += IDS_AT_ONCE)
    for (const id of await ask(rows.slice(at, at + IDS_AT_ONCE))) found.add(id);
  return found;
}
