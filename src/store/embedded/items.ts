import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import { budget, type Spend } from '../bson/budget.js';
import { compileMatch } from '../bson/match.js';
import { Budget, isCut, markCut } from '../query/budget.js';
import { sizesOf } from '../query/row-size.js';
import type { ItemPlan, StoredInstance, UnwoundItem } from '../port.js';
import { sortRows } from '../bson/sort-key.js';
import { copy, copyWithout } from '../bson/codec.js';
import type { InstanceIndex } from './instance-index.js';
import { end } from '../query/paging.js';
import { unwind, viewOf, type Row } from './unwind.js';

type Counted = Pick<ItemPlan, 'before' | 'marks' | 'each' | 'needsAll'>;

/** Steps of unwinding one instance, its items left out. */
const UNWINDING = 10;

function* rowsOf(
  index: InstanceIndex,
  plan: Counted & Pick<ItemPlan, 'after'>,
  spend: Spend,
): Generator<Row[]> {
  const { before, marks, each, needsAll, after } = plan;
  refuseLarge([before, each]);
  const match = compileMatch(each, spend);
  const inside = after !== undefined && isInside(after);
  for (const entry of index.walk(before, marks, after && { key: after.id, included: inside }, spend)) {
    spend(UNWINDING);
    const rows = sortItems(unwind(entry.key, entry.document, match, needsAll), (row) => row.item);
    yield inside && entry.key === after.id ? rows.filter((row) => isAfter(row.item, after)) : rows;
  }
}

function select(index: InstanceIndex, plan: ItemPlan): Row[] {
  const rows: Row[] = [];
  const spend = budget();
  for (const more of rowsOf(index, plan, spend)) {
    for (const row of more) rows.push(row);
    if (plan.sort === undefined && rows.length >= end(plan)) break;
  }
  const sorted = plan.sort === undefined ? rows : sortRows(rows, plan.sort, viewOf, spend);
  return sorted.slice(plan.skip ?? 0, end(plan));
}

/** The rows of a page of items: only these are copied. */
export function findItems(index: InstanceIndex, plan: ItemPlan): UnwoundItem[] {
  refuseLarge([], plan.sort);
  const without = [...NOT_WITH_ITEMS, 'items'];
  const size = sizesOf();
  const rows = new Budget(plan.bytes).within(select(index, plan), ({ document, item }) =>
    size.item({ data: document.data, items: item }),
  );
  // The rows of one instance share what they have of it.
  const copies = new Map<StoredInstance, object>();
  const copyOf = (document: StoredInstance): object => {
    const known = copies.get(document) ?? copyWithout(document, without);
    copies.set(document, known);
    return known;
  };
  const given = rows.map(({ document, item }) => ({ ...copyOf(document), items: copy(item) }) as UnwoundItem);
  return isCut(rows) ? markCut(given) : given;
}

export function countItems(index: InstanceIndex, plan: Counted): number {
  let count = 0;
  for (const rows of rowsOf(index, plan, budget())) count += rows.length;
  return count;
}
