import type { Collection, Document } from 'mongodb';
import { Work } from '../bson/budget.js';
import { sizeOf } from '../bson/codec.js';
import { SortedRows } from '../bson/sort-key.js';
import type {
  Filter,
  ItemPlan,
  MarkFilter,
  SelectedItems,
  Sort,
  StoredInstance,
  UnwoundItem,
} from '../port.js';
import { Budget, isShort, markCut } from '../query/budget.js';
import { matchExactly } from '../query/exact.js';
import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS } from '../query/large-fields.js';
import { end, sizesOf } from '../query/paging.js';
import { PlacedRows } from '../query/placed-rows.js';
import { Selection } from '../query/selection.js';
import { pick } from '../query/stored.js';
import { placeOf, rowsAt, unwind, viewOf, type Place, type Row } from '../query/unwind.js';
import type { Turns } from '../turns.js';
import { BY_ID, grouped, inParts } from './item-groups.js';
import { conjunction, leavingOut, markFilter, portions } from './query.js';
import { beyond, hexOf, inOrder, type Way } from './streams.js';

/** Steps for reading an instance, in addition to those of its items. */
const READING = 100;

/** Makes the rows of an answer; those of one instance share its fields. */
function answering({ without = [] }: ItemPlan): (row: Row) => UnwoundItem {
  const omitted = new Set(['items', ...without]);
  let last: { readonly document: StoredInstance; readonly fields: object } | undefined;
  return ({ document, item }) => {
    if (last?.document !== document)
      last = { document, fields: pick(document as unknown as Document, (name) => !omitted.has(name)) };
    return { ...last.fields, items: item } as UnwoundItem;
  };
}

/**
 * Items whose test the database cannot make. Each instance is read once, with all its items, which are tested here;
 * unwound by the database, each would bring its instance along, and its siblings if the test needs them.
 */
export class TestedItems {
  constructor(
    private readonly instances: Collection<Document>,
    private readonly turns: Turns,
  ) {}

  private walk(
    { before }: SelectedItems,
    marks: MarkFilter | undefined,
    way: Way,
    from?: string,
  ): AsyncIterable<Document> {
    return this.instances.find(conjunction(markFilter(marks), before, beyond(from, way)), {
      projection: leavingOut(NOT_WITH_ITEMS),
      sort: { _id: way },
      allowDiskUse: true,
    });
  }

  /** The rows of each instance in their order, within the steps of a query. */
  private async *rows(
    plan: SelectedItems & Pick<ItemPlan, 'after'>,
    work: Work,
    way: Way,
  ): AsyncGenerator<Row> {
    const { each, exact, needsAll, after, marks } = plan;
    const match = matchExactly(each, exact, work.spend);
    const made = (document: Document): Row[] => {
      work.spend(READING);
      const found = unwind(hexOf(document), document as StoredInstance, match, needsAll);
      return sortItems(found, ({ item }) => item);
    };
    if (after !== undefined && isInside(after))
      for await (const document of this.byId(plan, [after.id]))
        yield* made(document).filter(({ item }) => isAfter(item, after));
    const walks = portions(marks).map((some) => this.walk(plan, some, way, after?.id));
    for await (const document of inOrder(walks, way)) {
      yield* made(document);
      if (work.isOver()) await work.next();
    }
  }

  private byId(
    { before, marks }: SelectedItems,
    ids: readonly string[],
    isWanted?: (id: string) => boolean,
  ): AsyncIterable<Document> {
    const projection = leavingOut(NOT_WITH_ITEMS);
    const read = (where: Filter, sort: Document): AsyncIterable<Document> =>
      this.instances.find(conjunction(where, markFilter(marks), before), { projection, sort, hint: BY_ID });
    return inParts(ids, -1, read, sizeOf, isWanted);
  }

  /** @param most where counting stops; at least 1 */
  async count(plan: SelectedItems, most: number): Promise<number> {
    let count = 0;
    for await (const _row of this.rows(plan, new Work(this.turns), -1)) if (++count >= most) break;
    return count;
  }

  /** @param way the direction of a list by age; undefined: it has another order */
  async find(plan: ItemPlan, way: Way | undefined): Promise<UnwoundItem[]> {
    const work = new Work(this.turns);
    if (way === undefined) return this.read(plan, await this.places(plan, plan.sort ?? [], work), work);
    const size = sizesOf();
    const made = answering(plan);
    const page = new Selection<UnwoundItem>(plan, size.item);
    for await (const row of this.rows(plan, work, way)) if (!page.add(made(row))) break;
    return new Budget(plan.bytes).within(page.rows, size.item);
  }

  /** The places of a page in an order of its own. Keeps none of the instances that it looks at. */
  private async places(plan: ItemPlan, sort: Sort, work: Work): Promise<Place[]> {
    const sorted = new SortedRows<Place>(sort, end(plan), work);
    for await (const row of this.rows(plan, work, -1))
      await sorted.add({ ...placeOf(row), id: row.key }, viewOf(row));
    return (await sorted.rows()).slice(plan.skip ?? 0);
  }

  private async read(plan: ItemPlan, places: readonly Place[], work: Work): Promise<UnwoundItem[]> {
    const { each, exact, needsAll, bytes, limit } = plan;
    const match = matchExactly(each, exact, work.spend);
    const [made, size] = [answering(plan), sizesOf()];
    const page = new PlacedRows<UnwoundItem>(places.length, bytes);
    const groups = grouped(places.keys(), (at) => (places[at] as Place).id);
    const isWanted = (id: string): boolean => (groups.get(id)?.[0] ?? 0) < page.end;
    for await (const document of this.byId(plan, [...groups.keys()], isWanted)) {
      work.spend(READING);
      const key = hexOf(document);
      const group = groups.get(key) ?? [];
      const of = group.map((at) => places[at] as Place);
      const stored = { key, document: document as StoredInstance };
      for (const [i, row] of rowsAt(stored, of, match, needsAll, work.spend).entries())
        if (row !== undefined) page.add(group[i] as number, made(row), size.item);
      if (work.isOver()) await work.next();
    }
    return page.isCut || isShort(page.rows, places, limit) ? markCut(page.rows) : page.rows;
  }
}
