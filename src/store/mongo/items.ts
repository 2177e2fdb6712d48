import type { Collection, Document } from 'mongodb';
import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { refuseLarge } from '../query/large-fields.js';
import type { ItemPlan, SelectedItems, Sort, UnwoundItem } from '../port.js';
import { Budget, isShort, markCut } from '../query/budget.js';
import { sizesOf } from '../query/paging.js';
import { PlacedRows } from '../query/placed-rows.js';
import { Selection } from '../query/selection.js';
import type { Turns } from '../turns.js';
import { grouped, groupsOf, pipeline, trimmed } from './item-groups.js';
import { portions } from './query.js';
import { beyond, hexOf, isBefore, type Way } from './streams.js';
import { TestedItems } from './tested-items.js';

/** Places that are looked for at once. */
const PLACES = 5000;
/** So few rows come with their instances at once. */
const FEW = 2;

/** The direction of a list by age; undefined: it has another order. */
const wayOf = (sort: Sort | undefined): Way | undefined => {
  const [[field, way] = ['_id', -1] as const, ...more] = sort ?? [];
  return field === '_id' && more.length === 0 ? way : undefined;
};

/** Sort fields that break ties of the requested order. */
const TIE_BREAKS: Sort = [
  ['_id', -1],
  ['items.seq', 1],
  ['items.id', 1],
];

/** Instances in their order, with the number of rows that were found of each. */
interface Found {
  readonly counts: ReadonlyMap<string, number>;
  /** Whether that is all; if not, the last one may have more rows. */
  readonly isAll: boolean;
}

const item = ({ items }: UnwoundItem): unknown => items;
const nameOf = ({ items }: Document): string => JSON.stringify((items as Document | null)?.id) ?? '';

/** Queries for items: the database unwinds instances, so the siblings of an item never leave it. */
export class ItemQueries {
  private readonly tested: TestedItems;

  constructor(
    private readonly instances: Collection<Document>,
    turns: Turns,
  ) {
    this.tested = new TestedItems(instances, turns);
  }

  private rows(stages: Document[]): Promise<Document[]> {
    return this.instances.aggregate(stages, { allowDiskUse: true }).toArray();
  }

  async count(plan: SelectedItems, most = Infinity): Promise<number> {
    refuseLarge([plan.before, plan.each]);
    if (most === 0) return 0;
    if (plan.exact !== undefined) return this.tested.count(plan, most);
    const limited = Number.isFinite(most) ? [{ $limit: most }] : [];
    const stages = [...pipeline(plan), ...limited, { $count: 'count' }];
    const [row] = await this.instances.aggregate(stages).toArray();
    return (row?.count as number | undefined) ?? 0;
  }

  async find(plan: ItemPlan): Promise<UnwoundItem[]> {
    refuseLarge([plan.before, plan.each], plan.sort);
    if (plan.limit === 0) return [];
    const way = wayOf(plan.sort);
    if (plan.exact !== undefined) return this.tested.find(plan, way);
    return way === undefined ? this.sorted(plan, plan.sort ?? []) : this.byAge(plan, way);
  }

  /** The database sorts places; the rows are read by them, each instance once. */
  private async sorted(plan: ItemPlan, sort: Sort): Promise<UnwoundItem[]> {
    const { skip = 0, limit, bytes } = plan;
    const $sort = {
      ...Object.fromEntries(sort),
      ...Object.fromEntries(TIE_BREAKS.filter(([field]) => !sort.some(([named]) => named === field))),
    };
    const places = await this.rows([
      ...pipeline(plan),
      { $sort },
      ...(skip > 0 ? [{ $skip: skip }] : []),
      ...(limit === undefined ? [] : [{ $limit: limit }]),
      { $project: { 'items.id': 1 } },
    ]);
    const wanted = grouped(places.keys(), (at) => hexOf(places[at] as Document));
    const page = new PlacedRows<UnwoundItem>(places.length, bytes);
    const size = sizesOf();
    const isWanted = (id: string): boolean => (wanted.get(id)?.[0] ?? 0) < page.end;
    // In the order of the first places, so that what does not fit is not read.
    for await (const { id, rows } of groupsOf(this.instances, plan, [...wanted.keys()], -1, isWanted)) {
      const named = grouped(rows, nameOf);
      for (const at of wanted.get(id) ?? []) {
        const row = named.get(nameOf(places[at] as Document))?.shift();
        if (row !== undefined) page.add(at, row, size.item);
      }
    }
    return page.isCut || isShort(page.rows, places, limit) ? markCut(page.rows) : page.rows;
  }

  /** The instances of the next rows. Only ids leave the database, so rows that are skipped cost little. */
  private async placesOf(plan: ItemPlan, from: string | undefined, wanted: number, way: Way): Promise<Found> {
    const walks = await Promise.all(
      portions(plan.marks).map((marks) =>
        this.rows([
          ...pipeline({ ...plan, marks }, way, beyond(from, way)),
          { $limit: wanted },
          { $project: { _id: 1 } },
        ]),
      ),
    );
    const first = (a: string, b: string): number => (isBefore(a, b, way) ? -1 : 1);
    // Each walk is complete up to the instance where the first of them stopped.
    const [end] = walks
      .filter(({ length }) => length >= wanted)
      .map((walk) => hexOf(walk.at(-1) as Document))
      .sort(first);
    const counts = new Map<string, number>();
    for (const walk of walks)
      for (const [id, { length }] of grouped(walk, hexOf))
        if (end === undefined || !isBefore(end, id, way))
          counts.set(id, Math.max(length, counts.get(id) ?? 0));
    return { counts: new Map([...counts].sort(([a], [b]) => first(a, b))), isAll: end === undefined };
  }

  /** The rows, if they are few; undefined: there may be more, and one instance may have more of them. */
  private async few(plan: ItemPlan, way: Way): Promise<UnwoundItem[] | undefined> {
    const { after, skip = 0, limit = Infinity } = plan;
    if (limit > FEW || skip > 0 || after !== undefined || portions(plan.marks).length > 1) return undefined;
    const rows = await this.rows([...pipeline(plan, way), { $limit: limit }, ...trimmed(plan)]);
    if (rows.length === limit) return undefined;
    return sortItems(rows as unknown as UnwoundItem[], item);
  }

  /**
   * A page by the age of instances. Sorting by `_id` and `seq` after `$unwind` would make the database read everything
   * before it returns the first row. So instances are walked in the order of `_id`, and `$limit` stops the walk. The
   * items of an instance need not be stored in the order of `seq`, so all its rows are read. Usually two queries;
   * changes between them show in the later one.
   */
  private async byAge(plan: ItemPlan, way: Way): Promise<UnwoundItem[]> {
    const size = sizesOf();
    const all = await this.few(plan, way);
    if (all !== undefined) return new Budget(plan.bytes).within(all, size.item);
    const { limit = Infinity, bytes } = plan;
    const page = new Selection<UnwoundItem>({ limit, bytes }, size.item);
    await this.fill(page, plan, way);
    return new Budget(bytes).within(page.rows, size.item);
  }

  private async fill(page: Selection<UnwoundItem>, plan: ItemPlan, way: Way): Promise<void> {
    const { after, limit = Infinity } = plan;
    let { skip = 0 } = plan;
    let rest = after !== undefined && isInside(after) ? [after.id] : [];
    for (let from = after?.id; ;) {
      const wanted = Math.min(PLACES, skip + limit - page.rows.length);
      const { counts, isAll } = await this.placesOf(plan, from, wanted, way);
      const ids = [...counts.keys()];
      const last = ids.at(-1);
      for (const [id, count] of rest.length > 0 ? [] : counts) {
        if (count > skip || (id === last && !isAll)) break;
        skip -= count;
        ids.shift();
      }
      for await (const { id, rows } of groupsOf(this.instances, plan, [...rest, ...ids], way))
        for (const row of sortItems(rows, item)) {
          if (after !== undefined && id === after.id && !isAfter(row.items, after)) continue;
          if (skip-- > 0) continue;
          skip = 0;
          if (!page.add(row)) return;
        }
      if (isAll) return;
      from = last;
      rest = [];
    }
  }
}
