import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import { Work } from '../bson/budget.js';
import { Budget } from '../query/budget.js';
import { matchExactly } from '../query/exact.js';
import type { ItemPlan, SelectedItems, StoredInstance, UnwoundItem } from '../port.js';
import { sortRows } from '../bson/sort-key.js';
import { copy, copyWithout } from '../bson/codec.js';
import type { InstanceIndex } from './instance-index.js';
import { end, sizesOf } from '../query/paging.js';
import type { Turns } from '../turns.js';
import { unwind, viewOf, type Row } from './unwind.js';

/** Steps for unwinding one instance, in addition to those of its items. */
const UNWINDING = 10;

async function eachRows(
  index: InstanceIndex,
  plan: SelectedItems & Pick<ItemPlan, 'after'>,
  work: Work,
  visit: (rows: Row[]) => boolean | void,
): Promise<void> {
  const { before, marks, each, exact, needsAll, after } = plan;
  refuseLarge([before, each]);
  const match = matchExactly(each, exact, work.spend);
  const inside = after !== undefined && isInside(after);
  await index.scan(
    { filter: before, marks },
    work,
    ({ key, document }) => {
      work.spend(UNWINDING);
      const rows = sortItems(unwind(key, document, match, needsAll), (row) => row.item);
      return visit(inside && key === after.id ? rows.filter((row) => isAfter(row.item, after)) : rows);
    },
    after && { key: after.id, included: inside },
  );
}

async function select(index: InstanceIndex, plan: ItemPlan, work: Work): Promise<Row[]> {
  const rows: Row[] = [];
  await eachRows(index, plan, work, (more) => {
    for (const row of more) rows.push(row);
    return plan.sort !== undefined || rows.length < end(plan);
  });
  const sorted = plan.sort === undefined ? rows : await sortRows(rows, plan.sort, viewOf, work);
  return sorted.slice(plan.skip ?? 0, end(plan));
}

/** Finds the rows of a page of items; copies only these. */
export async function findItems(index: InstanceIndex, plan: ItemPlan, turns: Turns): Promise<UnwoundItem[]> {
  refuseLarge([], plan.sort);
  const without = [...NOT_WITH_ITEMS, 'items'];
  const size = sizesOf();
  // The rows of one instance share the copy of its fields.
  const copies = new Map<StoredInstance, object>();
  const copyOf = (document: StoredInstance): object => {
    const known = copies.get(document) ?? copyWithout(document, without);
    copies.set(document, known);
    return known;
  };
  return new Budget(plan.bytes).copied(
    await select(index, plan, new Work(turns)),
    ({ document, item }) => size.item({ data: document.data, items: item }),
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
  if (most > 0) await eachRows(index, plan, new Work(turns), (rows) => (count += rows.length) < most);
  return Math.min(count, most);
}
