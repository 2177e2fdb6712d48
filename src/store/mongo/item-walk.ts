import { ObjectId } from 'bson';
import type { Collection, Document, FindOptions } from 'mongodb';
import { isAfter, isInside, sortItems } from '../query/item-order.js';
import { NOT_WITH_ITEMS } from '../query/large-fields.js';
import type { Cursor, SelectedItems } from '../port.js';
import { mergedWalks, placing, POSITION, unwinding, type Way } from './item-stages.js';
import { beyond, leavingOut, portions } from './query.js';

/** The most items that are searched at once. */
const MOST = 1000;
/** The fewest items that are searched at once. */
const FEWEST = 100;
/** How often an instance is read that changes meanwhile. */
const ATTEMPTS = 3;

const ITEMS: FindOptions = { projection: leavingOut(NOT_WITH_ITEMS) };

/** Where an item is, as of a revision of its instance. */
interface Place {
  readonly _id: unknown;
  readonly rev?: unknown;
  readonly [POSITION]: number | null;
  readonly items: { readonly id?: unknown } | null;
}

/** An instance and the places of items in it. */
type Places = readonly [instance: unknown, places: readonly Place[] | Promise<readonly Place[]>];

/**
 * Items by the age of their instances, in two steps: the database tells where the items are, and then each instance is
 * read once, however many of its items are wanted. For tests of the rows, and for lists without a limit in bytes.
 *
 * Instances are walked in the order of `_id`, and `$limit` stops the walk. It may stop inside an instance, whose items
 * need not be stored in the order of `seq`: the items of that instance are searched again without the limit.
 */
export class ItemWalk {
  /** True if the rows need `all`, the whole list of items: for a test of the rows. */
  private readonly withAll: boolean;

  constructor(
    private readonly instances: Collection<Document>,
    private readonly plan: SelectedItems,
    private readonly way: Way,
  ) {
    this.withAll = plan.needsAll && plan.exact !== undefined;
  }

  /**
   * The rows; each has the fields of its instance, an item as `items`, and all items as `all` where a test needs them.
   * @param expected how many rows are probably wanted
   */
  async *rows(after: Cursor | undefined, expected: number): AsyncGenerator<Document> {
    let from: unknown = after && new ObjectId(after.id);
    if (after !== undefined && isInside(after))
      for (const row of await this.rowsOf(from)) if (isAfter(row.items, after)) yield row;
    for (let wanted = expected; ; wanted *= 2) {
      const { complete, last } = await this.found(from, Math.min(MOST, Math.max(FEWEST, wanted)));
      if (last === undefined) {
        yield* this.read(complete);
        return;
      }
      const rest = this.placesIn(last);
      // All rows that are wanted may have come before.
      rest.catch(() => undefined);
      yield* this.read([...complete, [last, rest]]);
      from = last;
    }
  }

  /** The rows of one instance in their order. While it changes, it is read again, at last by one query for all. */
  async rowsOf(id: unknown, attempts = ATTEMPTS): Promise<Document[]> {
    if (attempts === 0) {
      const rows = this.instances.aggregate(unwinding(this.plan, undefined, { _id: id }));
      return sortItems(await rows.toArray(), ({ items }) => items as unknown);
    }
    const [places, document] = await Promise.all([
      this.placesIn(id),
      this.instances.findOne({ _id: id as ObjectId }, ITEMS),
    ]);
    if (document === null) return [];
    return rowsAt(document, places, this.withAll) ?? this.rowsOf(id, attempts - 1);
  }

  private async placesIn(id: unknown): Promise<Place[]> {
    const found = this.instances.aggregate(placing(this.plan, undefined, { _id: id }));
    return (await found.toArray()) as unknown as Place[];
  }

  /** Items behind an instance, by one walk for each portion of the marks. */
  private async found(from: unknown, limit: number): Promise<{ complete: Places[]; last: unknown }> {
    const walks = await Promise.all(
      portions(this.plan.marks).map(async (marks) => {
        const stages = placing({ ...this.plan, marks }, this.way, beyond(from, this.way), limit);
        return (await this.instances.aggregate(stages).toArray()) as unknown as Place[];
      }),
    );
    return mergedWalks(walks, this.way, (walk) => walk.length >= limit);
  }

  /** Reads instances one after the other, and takes the items at the places. */
  private async *read(parts: readonly Places[]): AsyncGenerator<Document> {
    if (parts.length === 0) return;
    const placesIn = new Map(parts.map(([id, places]) => [String(id), places]));
    const _id = { $in: parts.map(([id]) => id as ObjectId) };
    for await (const document of this.instances.find({ _id }, ITEMS).sort({ _id: this.way })) {
      const places = (await placesIn.get(String(document._id))) ?? [];
      yield* rowsAt(document, places, this.withAll) ?? (await this.rowsOf(document._id));
    }
  }
}

const itemAt = (items: unknown, at: number | null): unknown =>
  at === null ? items : Array.isArray(items) ? (items[at] as unknown) : undefined;

/** The rows of an instance in their order; undefined: it has changed since its items were found. */
function rowsAt(document: Document, places: readonly Place[], withAll: boolean): Document[] | undefined {
  const { items: all, ...instance } = document;
  const { rev } = (instance.guard ?? {}) as { readonly rev?: unknown };
  const rows: Document[] = [];
  for (const { [POSITION]: at, rev: found, items } of places) {
    const item = itemAt(all, at) as Document | null | undefined;
    if (String(found) !== String(rev) || String(item?.id) !== String(items?.id)) return undefined;
    rows.push({ ...instance, items: item, ...(withAll && { all: all as unknown }) });
  }
  return sortItems(rows, (row) => row.items as unknown);
}
