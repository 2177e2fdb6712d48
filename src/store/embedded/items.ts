import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import { Work } from '../bson/budget.js';
import { Budget } from '../query/budget.js';
import { matchExactly } from '../query/exact.js';
import type { ItemPlan, SelectedItems, StoredInstance, UnwoundItem } from '../port.js';
import { copy, copyWithout } from '../bson/codec.js';
import type { InstanceIndex } from './instance-index.js';
import { end, sizesOf } from '../query/paging.js';
import { Selection } from '../query/selection.js';
import type { Turns } from '../turns.js';
import { unwind, viewOf, type Row } from './unwind.js';

/** Steps for unwinding one instance, in addition to those of its items. */
const UNWINDING = 10;

async function eachRow(
  index: InstanceIndex,
  plan: SelectedItems & Pick<ItemPlan, 'after' | 'sort' | 'skip' | 'limit'>,
  work: Work,
  visit: (row: Row) => boolean | Promise<boolean>,
): Promise<void> {
  const { before, marks, each, exact, needsAll, after, sort } = plan;
  refuseLarge([before, each]);
  const match = matchExactly(each, exact, work.spend);
  const inside = after !== undefined && isInside(after);
  await index.scan(
    { filter: before, marks },
    work,
    async ({ key, document }) => {
      work.spend(UNWINDING);
      const all = sortItems(unwind(key, document, match, needsAll), (row) => row.item);
      for (const row of all) {
        if (inside && key === after.id && !isAfter(row.item, after)) continue;
        const more = visit(row);
        if (!(more instanceof Promise ? await more : more)) return false;
      }
      return true;
    },
    {
      bound: after && { key: after.id, included: inside },
      wanted: sort === undefined ? end(plan) : Infinity,
    },
  );
}

/** Finds the rows of a page of items; copies only these. */
export async function findItems(index: InstanceIndex, plan: ItemPlan, turns: Turns): Promise<UnwoundItem[]> {
  refuseLarge([], plan.sort);
  const without = [...NOT_WITH_ITEMS, 'items'];
  const size = sizesOf();
  const sizeOf = ({ document, item }: Row): number => size.item({ data: document.data, items: item });
  // The rows of one instance share the copy of its fields.
  const copies = new Map<StoredInstance, object>();
  const copyOf = (document: StoredInstance): object => {
    const known = copies.get(document) ?? copyWithout(document, without);
    copies.set(document, known);
    return known;
  };
  const work = new Work(turns);
  const selection = new Selection<Row>(plan, viewOf, sizeOf, work);
  if (plan.limit !== 0) await eachRow(index, plan, work, (row) => selection.add(row));
  return new Budget(plan.bytes).copied(
    await selection.rows(),
    sizeOf,
    ({ document, item }) => ({ ...copyOf(document), items: copy(item) }) as UnwoundItem,
    turns,
  );
}

/** @param most where counting stops */
export async function countItems(
  index: InstanceIndex,
  plan: SelectedItems,
  turns: Turns,
  most = Infinity,
): Promise<number> {
  let count = 0;
  if (most > 0) await eachRow(index, { ...plan, limit: most }, new Work(turns), () => ++count < most);
  return count;
}
