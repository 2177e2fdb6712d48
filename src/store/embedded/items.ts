import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import { compileMatch } from '../bson/match.js';
import type { ItemPlan, UnwoundItem } from '../port.js';
import { sortRows } from '../bson/sort-key.js';
import { copy, copyWithout } from '../bson/codec.js';
import type { InstanceIndex } from './instance-index.js';
import { end } from '../query/paging.js';
import { unwind, viewOf, type Row } from './unwind.js';

type Counted = Pick<ItemPlan, 'before' | 'marks' | 'each' | 'needsAll'>;

function* rowsOf(index: InstanceIndex, plan: Counted & Pick<ItemPlan, 'after'>): Generator<Row[]> {
  const { before, marks, each, needsAll, after } = plan;
  refuseLarge([before, each]);
  const match = compileMatch(each);
  const inside = after !== undefined && isInside(after);
  for (const entry of index.walk(before, marks, after && { key: after.id, included: inside })) {
    const rows = sortItems(unwind(entry.key, entry.document, match, needsAll), (row) => row.item);
    yield inside && entry.key === after.id ? rows.filter((row) => isAfter(row.item, after)) : rows;
  }
}

function select(index: InstanceIndex, plan: ItemPlan): Row[] {
  const rows: Row[] = [];
  for (const more of rowsOf(index, plan)) {
    rows.push(...more);
    if (plan.sort === undefined && rows.length >= end(plan)) break;
  }
  const sorted = plan.sort === undefined ? rows : sortRows(rows, plan.sort, viewOf);
  return sorted.slice(plan.skip ?? 0, end(plan));
}

/** The rows of a page of items: only these are copied. */
export function findItems(index: InstanceIndex, plan: ItemPlan): UnwoundItem[] {
  refuseLarge([], plan.sort);
  const without = [...NOT_WITH_ITEMS, 'items'];
  return select(index, plan).map(
    ({ document, item }) => ({ ...copyWithout(document, without), items: copy(item) }) as UnwoundItem,
  );
}

export function countItems(index: InstanceIndex, plan: Counted): number {
  let count = 0;
  for (const rows of rowsOf(index, plan)) count += rows.length;
  return count;
}
