import { NOTHING } from '../../core/condition/condition.js';
import { scopeOf, type Scope } from '../../core/decision/scope.js';
import type { Store, UnwoundItem } from '../../store/port.js';
import type { CallerQuery } from '../../store/query/caller-query.js';
import { itemPlan } from '../../store/query/scoped-query.js';

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

/** Placeholder where the scope of instances is not needed. */
export const NO_INSTANCE = scopeOf(NOTHING);

/** The ids of the rows' items that are in the scope. */
export function itemsIn(
  instances: Store['instances'],
  scope: Scope,
  rows: readonly UnwoundItem[],
): Promise<ReadonlySet<string>> {
  return inPortions(rows, async (some) => {
    const ofInstances = idsIn('row', [...new Set(some.map(({ id }) => id))]);
    const ofItems = idsIn(
      'item',
      some.map(({ items }) => items.id),
    );
    const query: CallerQuery = { kind: 'and', of: [ofInstances, ofItems] };
    const plan = itemPlan(scope, NO_INSTANCE, query, {}, { reindexed: false });
    const found = plan === undefined ? [] : await instances.findItems(plan);
    return found.map(({ items }) => items.id);
  });
}
