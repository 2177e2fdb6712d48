import { ObjectId } from 'bson';
import type { Collection, Document } from 'mongodb';
import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { refuseLarge } from '../query/large-fields.js';
import type { ItemPlan, SelectedItems, Sort, UnwoundItem } from '../port.js';
import { Budget, isCut, markCut } from '../query/budget.js';
import { sizesOf } from '../query/paging.js';
import type { Turns } from '../turns.js';
import { mergedWalks, unwinding, wayOf, type Way } from './item-stages.js';
import { ItemWalk } from './item-walk.js';
import { beyond, portions } from './query.js';
import { numberOf, taken, testedBy, type Passing, type Tested } from './taken.js';

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

/**
 * How much is read by one query, which repeats the instance for each of its items. What is larger is read again in two
 * steps.
 */
const AT_ONCE = 16 * 1024 * 1024;

/** Queries for items: the database unwinds instances, so the siblings of an item never leave it. */
export class ItemQueries {
  constructor(
    private readonly instances: Collection<Document>,
    private readonly turns: Turns,
  ) {}

  private walk(plan: SelectedItems, way: Way): ItemWalk {
    return new ItemWalk(this.instances, plan, way);
  }

  private run(stages: Document[], budget: Budget, passing?: Passing): Promise<Document[]> {
    return taken(
      this.instances.aggregate(stages, { allowDiskUse: true }),
      budget,
      sizeOfItems(),
      sharing(),
      passing,
    );
  }

  async count(plan: SelectedItems, most = Infinity): Promise<number> {
    refuseLarge([plan.before, plan.each]);
    if (most === 0) return 0;
    const tested = testedBy(plan, this.turns);
    if (tested !== undefined) return numberOf(tested.rows(this.walk(plan, -1).rows(undefined, most)), most);
    const limited = Number.isFinite(most) ? [{ $limit: most }] : [];
    const [row] = await this.instances
      .aggregate([...unwinding(plan), ...limited, { $count: 'count' }])
      .toArray();
    return (row?.count as number | undefined) ?? 0;
  }

  async find(plan: ItemPlan): Promise<UnwoundItem[]> {
    refuseLarge([plan.before, plan.each], plan.sort);
    if (plan.limit === 0) return [];
    return (await this.rows(plan)) as unknown as UnwoundItem[];
  }

  private async rows(plan: ItemPlan): Promise<Document[]> {
    const { after, skip = 0, limit = Infinity, bytes } = plan;
    const tested = testedBy(plan, this.turns);
    const way = wayOf(plan.sort);
    if (way === undefined) return this.sorted(plan, plan.sort ?? [], tested);
    if (tested === undefined) {
      const page = await this.byAge({ ...plan, bytes: bytes ?? AT_ONCE }, way);
      if (bytes !== undefined || !isCut(page)) return page;
    }
    const found = this.walk(plan, way).rows(after, skip + limit);
    return taken(found, new Budget(bytes), sizeOfItems(), withoutAll, { tested, skip, limit });
  }

  private sorted(plan: ItemPlan, sort: Sort, tested: Tested | undefined): Promise<Document[]> {
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
      [...unwinding(plan), { $sort }, ...(tested === undefined ? page : [])],
      new Budget(plan.bytes),
      tested && { tested, skip, limit: limit ?? Infinity },
    );
  }

  /** All items of one instance that the plan admits. */
  private async ofInstance(plan: ItemPlan & { readonly bytes: number }, id: unknown): Promise<Document[]> {
    const stages = [...unwinding(plan, undefined, { _id: id }), ...trimmed(plan)];
    const rows = await this.run(stages, new Budget(plan.bytes));
    return isCut(rows) ? this.walk(plan, -1).rowsOf(id) : sortItems(rows, ({ items }) => items as unknown);
  }

  /** One walk per portion of the marks: adjacent rows, in the order of their instances. */
  private walks(plan: ItemPlan, from: unknown, limit: number, way: Way): Promise<Document[][]> {
    const limited = Number.isFinite(limit) ? [{ $limit: limit }] : [];
    return Promise.all(
      portions(plan.marks).map((marks) =>
        this.run(
          [...unwinding({ ...plan, marks }, way, beyond(from, way)), ...limited, ...trimmed(plan)],
          new Budget(plan.bytes),
        ),
      ),
    );
  }

  /**
   * A page by the age of instances. Sorting by `_id` and `seq` after
   * `$unwind` would make the database read everything before it returns the first row. So instances are walked in the
   * order of `_id`, and `$limit` stops the walk. It may stop inside an instance, whose items need not be stored in the
   * order of `seq`: that instance is read again without the limit. Each of several walks is complete up to the instance
   * where the first of them stopped. Usually two queries; changes between them show in the later one.
   */
  private async byAge(plan: ItemPlan & { readonly bytes: number }, way: Way): Promise<Document[]> {
    const { after, skip = 0, limit = Infinity } = plan;
    let from: unknown = after && new ObjectId(after.id);
    const rows =
      after !== undefined && isInside(after)
        ? (await this.ofInstance(plan, from)).filter(({ items }) => isAfter(items, after))
        : [];
    // A page that is cut was read in the order of instances; it is cut in the order of their items.
    let cut = false;
    // Rows before the page that are still to come.
    let left = skip;
    for (let wanted = left + limit - rows.length; wanted > 0; wanted = left + limit - rows.length) {
      const walks = await this.walks(plan, from, wanted, way);
      cut = walks.some(isCut);
      const { complete, last } = mergedWalks(walks, way, (found) => found.length >= wanted || isCut(found));
      for (const [, group] of complete) rows.push(...sortItems(group, ({ items }) => items as unknown));
      if (last === undefined) break;
      rows.push(...(await this.ofInstance(plan, last)));
      from = last;
      if (!cut) continue;
      if (rows.length > left) break;
      // Only what the page shows counts towards its bytes.
      left -= rows.length;
      rows.length = 0;
    }
    const page = rows.slice(left, left + limit);
    const given = new Budget(plan.bytes).within(page, sizeOfItems());
    return cut && given.length < limit ? markCut(given) : given;
  }
}

function sizeOfItems(): (row: Document) => number {
  const size = sizesOf();
  return (row) => size.item(row);
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
