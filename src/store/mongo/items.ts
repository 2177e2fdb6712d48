import { ObjectId } from 'bson';
import type { Collection, Document } from 'mongodb';
import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import type { Cursor, Filter, ItemPlan, SelectedItems, Sort, UnwoundItem } from '../port.js';
import { Budget, isCut, markCut } from '../query/budget.js';
import { sizesOf } from '../query/paging.js';
import type { Turns } from '../turns.js';
import { numberOf, taken, testedBy, type Passing, type Tested } from './taken.js';
import { conjunction, leavingOut, markFilter, portions } from './query.js';

/** A direction of `_id`: -1 for the newest instance first. */
type Way = 1 | -1;

/** The direction of a list by age; undefined: it has another order. */
const wayOf = (sort: Sort | undefined): Way | undefined => {
  const [[field, way] = ['_id', -1] as const, ...more] = sort ?? [];
  return field === '_id' && more.length === 0 ? way : undefined;
};

/**
 * Stages from instances to items. Sorting comes first, while an index (`guard.open` or `guard.read` with `_id`, or
 * `_id`) can provide the order; then the large fields are removed, before `$unwind` would copy them for each item.
 */
function pipeline({ before, marks, each, needsAll }: SelectedItems, way?: Way, where?: Filter): Document[] {
  return [
    { $match: conjunction(markFilter(marks), before, where) },
    ...(way === undefined ? [] : [{ $sort: { _id: way } }]),
    { $project: leavingOut(NOT_WITH_ITEMS) },
    ...(needsAll ? [{ $addFields: { all: '$items' } }] : []),
    { $unwind: '$items' },
    { $match: each },
  ];
}

/** Sort fields that break ties of the requested order. */
const TIE_BREAKS: Sort = [
  ['_id', -1],
  ['items.seq', 1],
  ['items.id', 1],
];

/** Removes `all`, which is never part of the answer; a test of the rows may need it before. */
const trimmed = ({ needsAll, exact }: SelectedItems): Document[] =>
  needsAll && exact === undefined ? [{ $project: { all: 0 } }] : [];
const withoutAll = ({ all: _all, ...row }: Document): Document => row;

const hexOf = (row: UnwoundItem): string => String(row._id);
const atInstance = (id: string): Filter => ({ _id: new ObjectId(id) });
const beyond = (id: string | undefined, way: Way): Filter | undefined =>
  id === undefined ? undefined : { _id: { [way === 1 ? '$gt' : '$lt']: new ObjectId(id) } };
const isBefore = (id: string, other: string, way: Way): boolean => (way === 1 ? id < other : id > other);

/** Queries for items: the database unwinds instances, so the siblings of an item never leave it. */
export class ItemQueries {
  constructor(
    private readonly instances: Collection<Document>,
    private readonly turns: Turns,
  ) {}

  private async run(stages: Document[], budget = new Budget(), passing?: Passing): Promise<UnwoundItem[]> {
    const size = sizesOf();
    const cursor = this.instances.aggregate(stages, { allowDiskUse: true });
    const sizeOf = (row: Document): number => size.item(row);
    return (await taken(cursor, budget, sizeOf, sharing(), passing)) as unknown as UnwoundItem[];
  }

  async count(plan: SelectedItems, most = Infinity): Promise<number> {
    refuseLarge([plan.before, plan.each]);
    if (most === 0) return 0;
    const tested = testedBy(plan, this.turns);
    const stages = pipeline(plan);
    if (tested !== undefined) return numberOf(tested.rows(this.instances.aggregate(stages)), most);
    const limited = Number.isFinite(most) ? [{ $limit: most }] : [];
    const [row] = await this.instances.aggregate([...stages, ...limited, { $count: 'count' }]).toArray();
    return (row?.count as number | undefined) ?? 0;
  }

  async find(plan: ItemPlan): Promise<UnwoundItem[]> {
    refuseLarge([plan.before, plan.each], plan.sort);
    if (plan.limit === 0) return [];
    const tested = testedBy(plan, this.turns);
    const way = wayOf(plan.sort);
    return way === undefined ? this.sorted(plan, plan.sort ?? [], tested) : this.byAge(plan, tested, way);
  }

  private sorted(plan: ItemPlan, sort: Sort, tested: Tested | undefined): Promise<UnwoundItem[]> {
    const { skip = 0, limit } = plan;
    const page = [
      ...(skip > 0 ? [{ $skip: skip }] : []),
      ...(limit === undefined ? [] : [{ $limit: limit }]),
      ...trimmed(plan),
    ];
    const $sort = {
      ...Object.fromEntries(sort),
      ...Object.fromEntries(TIE_BREAKS.filter(([field]) => !sort.some(([named]) => named === field))),
    };
    return this.run(
      [...pipeline(plan), { $sort }, ...(tested === undefined ? page : [])],
      new Budget(plan.bytes),
      tested && { tested, skip, limit: limit ?? Infinity },
    );
  }

  /** All items of one instance that the plan admits. */
  private async ofInstance(
    plan: ItemPlan,
    tested: Tested | undefined,
    id: string,
    after?: Cursor,
  ): Promise<UnwoundItem[]> {
    const stages = [...pipeline(plan, undefined, atInstance(id)), ...trimmed(plan)];
    const all = tested && { tested, skip: 0, limit: Infinity };
    const rows = sortItems(await this.run(stages, undefined, all), (row) => row.items);
    return after === undefined ? rows : rows.filter((row) => isAfter(row.items, after));
  }

  /** One walk per portion of the marks: adjacent rows, in the order of their instances. */
  private async walks(
    plan: ItemPlan,
    tested: Tested | undefined,
    from: string | undefined,
    limit: number,
    way: Way,
  ): Promise<UnwoundItem[][]> {
    const limited = tested === undefined && Number.isFinite(limit) ? [{ $limit: limit }] : [];
    return Promise.all(
      portions(plan.marks).map((marks) =>
        this.run(
          [...pipeline({ ...plan, marks }, way, beyond(from, way)), ...limited, ...trimmed(plan)],
          new Budget(plan.bytes),
          tested && { tested, skip: 0, limit },
        ),
      ),
    );
  }

  /**
   * A page by the age of instances. Sorting by `_id` and `seq` after `$unwind` would make the database read everything
   * before it returns the first row. So instances are walked in the order of `_id`, and `$limit` stops the walk. It may
   * stop inside an instance, whose items need not be stored in the order of `seq`: that instance is read again without
   * the limit. Each of several walks is complete up to the instance where the first of them stopped. Usually two
   * queries; changes between them show in the later one.
   */
  private async byAge(plan: ItemPlan, tested: Tested | undefined, way: Way): Promise<UnwoundItem[]> {
    const { after, skip = 0, limit = Infinity } = plan;
    const rows =
      after !== undefined && isInside(after) ? await this.ofInstance(plan, tested, after.id, after) : [];
    // A page that is cut was read in the order of instances; it is cut in the order of their items.
    let cut = false;
    let from = after?.id;
    // Rows before the page that are still to come.
    let left = skip;
    for (let wanted = left + limit - rows.length; wanted > 0; wanted = left + limit - rows.length) {
      const found = await this.walks(plan, tested, from, wanted, way);
      cut = found.some(isCut);
      const last = found
        .filter((walk) => walk.length >= wanted || isCut(walk))
        .map((walk) => hexOf(walk.at(-1) as UnwoundItem))
        .reduce<string | undefined>((a, b) => (a === undefined || isBefore(b, a, way) ? b : a), undefined);
      for (const [id, group] of byInstance(found, way))
        if (last === undefined || isBefore(id, last, way)) rows.push(...sortItems(group, (row) => row.items));
      if (last === undefined) break;
      rows.push(...(await this.ofInstance(plan, tested, last)));
      from = last;
      if (!cut) continue;
      if (rows.length > left) break;
      // Only what the page shows counts towards its bytes.
      left -= rows.length;
      rows.length = 0;
    }
    const size = sizesOf();
    const page = rows.slice(left, left + limit);
    const given = new Budget(plan.bytes).within(page, (row) => size.item(row));
    return cut && given.length < limit ? markCut(given) : given;
  }
}

/** Adjacent rows of one instance share the fields of the instance. */
function sharing(): (row: Document) => Document {
  let before: Document | undefined;
  return (found) => {
    const row = 'all' in found ? withoutAll(found) : found;
    const same = before !== undefined && String(before._id) === String(row._id);
    return (before = same ? { ...before, items: row.items as unknown } : row);
  };
}

/** The rows of each instance, in their order; if several walks found an instance, the rows of one of them. */
function byInstance(
  walks: readonly (readonly UnwoundItem[])[],
  way: Way,
): [id: string, rows: UnwoundItem[]][] {
  const groups = new Map<string, UnwoundItem[]>();
  for (const walk of walks) {
    const ofWalk = new Map<string, UnwoundItem[]>();
    for (const row of walk) {
      const group = ofWalk.get(hexOf(row));
      if (group === undefined) ofWalk.set(hexOf(row), [row]);
      else group.push(row);
    }
    for (const [id, group] of ofWalk) if (!groups.has(id)) groups.set(id, group);
  }
  return [...groups].sort(([a], [b]) => (isBefore(a, b, way) ? -1 : 1));
}
