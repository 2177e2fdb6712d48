import { ObjectId } from 'bson';
import type { Collection, Document } from 'mongodb';
import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS, refuseLarge } from '../query/large-fields.js';
import type { Cursor, Filter, ItemPlan, Sort, UnwoundItem } from '../port.js';
import { Budget, markCut } from '../query/budget.js';
import { sizesOf } from '../query/row-size.js';
import { taken } from './taken.js';
import { conjunction, leavingOut, markFilter } from './query.js';

type Counted = Pick<ItemPlan, 'before' | 'marks' | 'each' | 'needsAll'>;

/**
 * From instances to items. The order is asked for before anything else touches the documents, where an index
 * (`guard.open` or `guard.read` with `_id`, or that of `_id`) answers it without sorting; then the large fields go,
 * before `$unwind` would carry a copy of them with each item.
 */
function pipeline({ before, marks, each, needsAll }: Counted, ordered: boolean, where?: Filter): Document[] {
  return [
    { $match: conjunction(markFilter(marks), before, where) },
    ...(ordered ? [{ $sort: { _id: -1 } }] : []),
    { $project: leavingOut(NOT_WITH_ITEMS) },
    ...(needsAll ? [{ $addFields: { all: '$items' } }] : []),
    { $unwind: '$items' },
    { $match: each },
  ];
}

/** What orders rows that are equal in the order asked for. */
const TIE_BREAKS: Sort = [
  ['_id', -1],
  ['items.seq', 1],
  ['items.id', 1],
];

/** The answer never brings `all` along. */
const trimmed = ({ needsAll }: Counted): Document[] => (needsAll ? [{ $project: { all: 0 } }] : []);

const hexOf = (row: UnwoundItem): string => String(row._id);
const atInstance = (id: string): Filter => ({ _id: new ObjectId(id) });
const olderThan = (id: string | undefined): Filter | undefined =>
  id === undefined ? undefined : { _id: { $lt: new ObjectId(id) } };

/** Queries for items: instances unwound in the database, so that their siblings never leave it. */
export class ItemQueries {
  constructor(private readonly instances: Collection<Document>) {}

  private async run(stages: Document[], budget = new Budget()): Promise<UnwoundItem[]> {
    const size = sizesOf();
    const cursor = this.instances.aggregate(stages, { allowDiskUse: true });
    return (await taken(cursor, budget, (row) => size.item(row), sharing())) as unknown as UnwoundItem[];
  }

  async count(plan: Counted): Promise<number> {
    refuseLarge([plan.before, plan.each]);
    const [row] = await this.instances.aggregate([...pipeline(plan, false), { $count: 'count' }]).toArray();
    return (row?.count as number | undefined) ?? 0;
  }

  async find(plan: ItemPlan): Promise<UnwoundItem[]> {
    refuseLarge([plan.before, plan.each], plan.sort);
    if (plan.limit === 0) return [];
    return plan.sort === undefined ? this.newestFirst(plan) : this.sorted(plan, plan.sort);
  }

  private sorted(plan: ItemPlan, sort: Sort): Promise<UnwoundItem[]> {
    const { skip = 0, limit } = plan;
    const $sort = {
      ...Object.fromEntries(sort),
      ...Object.fromEntries(TIE_BREAKS.filter(([field]) => !sort.some(([named]) => named === field))),
    };
    return this.run(
      [
        ...pipeline(plan, false),
        { $sort },
        ...(skip > 0 ? [{ $skip: skip }] : []),
        ...(limit === undefined ? [] : [{ $limit: limit }]),
        ...trimmed(plan),
      ],
      new Budget(plan.bytes),
    );
  }

  /** All items of one instance that the plan admits. */
  private async ofInstance(plan: ItemPlan, id: string, after?: Cursor): Promise<UnwoundItem[]> {
    const rows = sortItems(
      await this.run([...pipeline(plan, false, atInstance(id)), ...trimmed(plan)]),
      (row) => row.items,
    );
    return after === undefined ? rows : rows.filter((row) => isAfter(row.items, after));
  }

  /**
   * A page in the default order. Sorting by `_id` and `seq` after `$unwind` would make the database look at all there
   * is before it gives the first row; so instances are walked in the order of `_id`, and `$limit` stops the walk. The
   * limit may fall inside an instance, whose items need not be stored in the order of `seq`: that one instance is read
   * again without the limit. Two queries, mostly; what was changed between them is answered by the later one.
   */
  private async newestFirst(plan: ItemPlan): Promise<UnwoundItem[]> {
    const { after, skip = 0, limit = Infinity } = plan;
    const rows = after !== undefined && isInside(after) ? await this.ofInstance(plan, after.id, after) : [];
    // What was read of a page that is cut is read in the order of instances, and cut in that of their items.
    const budget = new Budget(plan.bytes);
    let below = after?.id;
    for (let wanted = skip + limit - rows.length; wanted > 0; wanted = skip + limit - rows.length) {
      const limited = Number.isFinite(wanted) ? [{ $limit: wanted }] : [];
      const stages = [...pipeline(plan, true, olderThan(below)), ...limited, ...trimmed(plan)];
      const found = await this.run(stages, budget);
      const last = found.length < wanted && !budget.isSpent ? undefined : hexOf(found.at(-1) as UnwoundItem);
      for (const group of byInstance(found))
        if (hexOf(group[0] as UnwoundItem) !== last) rows.push(...sortItems(group, (row) => row.items));
      if (last === undefined) break;
      rows.push(...(await this.ofInstance(plan, last)));
      below = last;
      if (budget.isSpent) break;
    }
    const size = sizesOf();
    const page = rows.slice(skip, skip + limit);
    const given = new Budget(plan.bytes).within(page, (row) => size.item(row));
    return budget.isSpent && given.length < limit ? markCut(given) : given;
  }
}

/** Rows of one instance that stand beside each other share what they have of it. */
function sharing(): (row: Document) => Document {
  let before: Document | undefined;
  return (row) => {
    const same = before !== undefined && String(before._id) === String(row._id);
    return (before = same ? { ...before, items: row.items as unknown } : row);
  };
}

/** Rows that stand beside each other and are of one instance. */
function byInstance(rows: readonly UnwoundItem[]): UnwoundItem[][] {
  const groups: UnwoundItem[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    if (group !== undefined && hexOf(group[0] as UnwoundItem) === hexOf(row)) group.push(row);
    else groups.push([row]);
  }
  return groups;
}
