import { cursorOf, isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import { Work } from '../bson/budget.js';
import { SortedRows } from '../bson/sort-key.js';
import { Budget, isShort, markCut } from '../query/budget.js';
import { matchExactly } from '../query/exact.js';
import type { ItemPlan, SelectedItems, Sort, UnwoundItem } from '../port.js';
import { copy, copyWithout } from '../bson/codec.js';
import type { CandidateOptions } from './candidates.js';
import type { InstanceIndex } from './instance-index.js';
import { end, sizesOf } from '../query/paging.js';
import { PlacedRows } from '../query/placed-rows.js';
import { Selection } from '../query/selection.js';
import { revisionOf } from '../query/stored.js';
import type { Turns } from '../turns.js';
import { PageWalk } from './page-walk.js';
import { placeOf, rowsAt, unwind, viewOf, type Place, type Row } from './unwind.js';

/** Steps for unwinding one instance, in addition to those of its items. */
const UNWINDING = 10;

async function eachRow(
  index: InstanceIndex,
  plan: SelectedItems & Pick<ItemPlan, 'after' | 'sort' | 'skip' | 'limit'>,
  work: Work,
  visit: (row: Row) => boolean | void | Promise<void>,
  options: Pick<CandidateOptions, 'walk'> = {},
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
        if ((more instanceof Promise ? await more : more) === false) return false;
      }
      return true;
    },
    {
      bound: after && { key: after.id, included: inside },
      wanted: sort === undefined ? end(plan) : Infinity,
      ...options,
    },
  );
}

const WITHOUT = [...NOT_WITH_ITEMS, 'items'];

/** Rows of an answer. Those of one instance share the copy of its fields. */
class Copies {
  private readonly known = new Map<string, { readonly rev: unknown; readonly fields: object }>();

  row({ document, item }: Row): UnwoundItem {
    const [id, rev] = [document.id, revisionOf(document)];
    let found = this.known.get(id);
    if (found === undefined || found.rev !== rev) {
      found = { rev, fields: copyWithout(document, WITHOUT) };
      this.known.set(id, found);
    }
    return { ...found.fields, items: copy(item) } as UnwoundItem;
  }
}

/** Finds the rows of a page of items; copies only these. */
export async function findItems(index: InstanceIndex, plan: ItemPlan, turns: Turns): Promise<UnwoundItem[]> {
  const { sort, limit } = plan;
  refuseLarge([plan.before, plan.each], sort);
  if (limit === 0) return [];
  const size = sizesOf();
  const sizeOf = ({ document, item }: Row): number => size.item({ data: document.data, items: item });
  const work = new Work(turns);
  if (sort !== undefined) return readPlaces(index, plan, await sortedPlaces(index, plan, sort, work), work);
  const copies = new Copies();
  const page = new Selection<Row>(plan, sizeOf);
  const walk = new PageWalk(plan);
  await eachRow(index, plan, work, (row) => page.add(row), walk.options);
  const rows = await new Budget(plan.bytes).copied(page.rows, sizeOf, (row) => copies.row(row), turns);
  return walk.ended(rows, cursorOf);
}

/** The places of the items of a page in an order of its own. Keeps none of the documents that it looks at. */
async function sortedPlaces(index: InstanceIndex, plan: ItemPlan, sort: Sort, work: Work): Promise<Place[]> {
  const rows = new SortedRows<Place>(sort, end(plan), work);
  await eachRow(index, plan, work, (row) => rows.add(placeOf(row), viewOf(row)));
  return (await rows.rows()).slice(plan.skip ?? 0);
}

/** The numbers of the places in each instance, in the order of the first ones. */
function byInstance(places: readonly Place[]): ReadonlyMap<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [at, { id }] of places.entries()) {
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [at]);
    else group.push(at);
  }
  return groups;
}

/** Reads the items of a page, each instance once, and no more than the byte limit of the plan admits. */
async function readPlaces(
  index: InstanceIndex,
  plan: ItemPlan,
  places: readonly Place[],
  work: Work,
): Promise<UnwoundItem[]> {
  const { before, marks, each, exact, needsAll, bytes, limit } = plan;
  const match = matchExactly(each, exact, work.spend);
  const admits = index.admitting({ filter: before, marks }, work);
  const page = new PlacedRows<UnwoundItem>(places.length, bytes);
  for (const [id, group] of byInstance(places)) {
    if ((group[0] as number) >= page.end) break;
    const stored = await index.current(id, admits);
    if (stored !== undefined) {
      work.spend(UNWINDING);
      const [copies, size] = [new Copies(), sizesOf()];
      const of = group.map((at) => places[at] as Place);
      for (const [i, row] of rowsAt(stored, of, match, needsAll, work.spend).entries())
        if (row !== undefined) page.add(group[i] as number, copies.row(row), size.item);
    }
    if (work.isOver()) await work.next();
  }
  const { rows } = page;
  return page.isCut || isShort(rows, places, limit) ? markCut(rows) : rows;
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
