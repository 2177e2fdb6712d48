import { ObjectId } from 'bson';
import type { Document, FindOptions } from 'mongodb';
import { compareValues } from '../bson/order.js';
import { decode, encode, normalise } from '../bson/codec.js';
import { LARGE_FIELDS, onlyLarge, refuseLarge, withoutLarge } from '../query/large-fields.js';
import type {
  Filter,
  InstancePlan,
  InstanceStore,
  ItemPlan,
  Selected,
  SelectedItems,
  StoredInstance,
  UnwoundItem,
} from '../port.js';
import { Budget } from '../query/budget.js';
import { Turns } from '../turns.js';
import { isAny, numberOf, taken, testedBy, type Tested } from './taken.js';
import { checkPaging, distinctValues, sizesOf } from '../query/paging.js';
import { assertOneLog, NO_LINES } from '../instance-log.js';
import { settable } from '../query/stored.js';
import { isNoList, isOtherShape, isTooLarge, withoutPlaces } from './failure.js';
import { encodedInstance, instanceFull } from '../instance-size.js';
import { isObjectId } from '../bson/object-id.js';
import type { Collections } from './collections.js';
import { endedPage } from './ended-walk.js';
import { ItemQueries } from './items.js';
import { merged, pageOf } from './merged-walks.js';
import { beyond, conjunction, leavingOut, markFilter, portions } from './query.js';
import { ReadInstances } from './read-instances.js';

/** Instances in the host's own collection and format. */
export class MongoInstances implements InstanceStore {
  private readonly items: ItemQueries;

  private readonly known = new ReadInstances();

  constructor(
    private readonly collections: Pick<Collections, 'instances' | 'archive'>,
    private readonly turns = new Turns(),
  ) {
    this.items = new ItemQueries(collections.instances, this.turns);
  }

  async find(plan: InstancePlan): Promise<StoredInstance[]> {
    const { filter, marks, sort = [], after, skip = 0, limit, without = [] } = plan;
    checkPaging(plan);
    refuseLarge([filter], sort);
    if (limit === 0) return [];
    const options: FindOptions = { projection: leavingOut(without) };
    const page = { skip, limit: limit ?? Infinity };
    const tested = testedBy(plan, this.turns);
    const ended = endedPage(plan);
    if (ended !== undefined) {
      const { filter: where, sort: order } = ended;
      return ended.ended(
        await this.rows({ ...plan, ...page, filter: where }, tested, { ...options, sort: order }),
      );
    }
    const [[first, direction] = ['_id', -1] as const] = sort;
    if (first !== '_id') {
      const order = sort.map(([field, way]): [string, 1 | -1] => [field, way]);
      const total = sort.some(([field]) => field === '_id') ? order : order.concat([['_id', -1]]);
      // All matching rows are sorted, which may take more memory than the database allows.
      return this.rows({ ...plan, ...page }, tested, { ...options, sort: total, allowDiskUse: true });
    }
    const older = conjunction(filter, after && { _id: { $lt: new ObjectId(after.id) } });
    const inOrder: FindOptions = { ...options, sort: [['_id', direction]] };
    const parts = portions(marks);
    if (parts.length === 1) return this.rows({ ...plan, ...page, filter: older }, tested, inOrder);
    let [left, from] = [page.skip, older];
    for (;;) {
      const walk = { ...plan, filter: from, skip: 0, limit: left + page.limit };
      const walks = await Promise.all(
        parts.map((some) => this.rows({ ...walk, marks: some }, tested, inOrder)),
      );
      const found = merged(walks, direction);
      const last = found.rows.at(-1);
      if (!found.isCut || last === undefined || found.rows.length > left)
        return pageOf(found, { ...page, skip: left, bytes: plan.bytes });
      // Only what the page shows counts towards its bytes.
      left -= found.rows.length;
      from = conjunction(older, beyond(last._id, direction));
    }
  }

  private async rows(
    { filter, marks, skip, limit, bytes }: InstancePlan & { readonly skip: number; readonly limit: number },
    tested: Tested | undefined,
    options: FindOptions,
  ): Promise<StoredInstance[]> {
    const where = conjunction(markFilter(marks), filter);
    const size = sizesOf();
    const sizeOf = (row: Document): number => size.instance(row);
    const inDatabase = { skip, ...(Number.isFinite(limit) && { limit }) };
    const found = this.collections.instances.find(
      where,
      tested === undefined ? { ...options, ...inDatabase } : { ...options, allowDiskUse: true },
    );
    const rows = await taken(found, new Budget(bytes), sizeOf, undefined, tested && { tested, skip, limit });
    return rows as unknown as StoredInstance[];
  }

  /** All rows of a plan that has an exact test, one after the other. */
  private each({ filter, marks }: Selected, tested: Tested): AsyncGenerator<Document> {
    const where = conjunction(markFilter(marks), filter);
    return tested.rows(this.collections.instances.find(where, { projection: leavingOut(LARGE_FIELDS) }));
  }

  async count(plan: Selected, most = Infinity): Promise<number> {
    refuseLarge([plan.filter]);
    if (most === 0) return 0;
    const tested = testedBy(plan, this.turns);
    if (tested !== undefined) return numberOf(this.each(plan, tested), most);
    const limited = Number.isFinite(most) ? { limit: most } : {};
    return this.collections.instances.countDocuments(
      conjunction(markFilter(plan.marks), plan.filter),
      limited,
    );
  }

  async exists(plan: Selected): Promise<boolean> {
    refuseLarge([plan.filter]);
    const tested = testedBy(plan, this.turns);
    if (tested !== undefined) return isAny(this.each(plan, tested));
    const where = conjunction(markFilter(plan.marks), plan.filter);
    return (await this.collections.instances.findOne(where, { projection: { _id: 1 } })) !== null;
  }

  async findItems(plan: ItemPlan): Promise<UnwoundItem[]> {
    checkPaging(plan);
    return this.items.find(plan);
  }

  async countItems(plan: SelectedItems, most?: number): Promise<number> {
    return this.items.count(plan, most);
  }

  async distinct(field: string, plan: Selected): Promise<unknown[]> {
    const { filter, marks } = plan;
    refuseLarge([filter], [[field, 1]]);
    const tested = testedBy(plan, this.turns);
    if (tested !== undefined) {
      const found: Document[] = [];
      for await (const row of this.each(plan, tested)) found.push({ [field]: row[field] as unknown });
      return distinctValues(found, field);
    }
    const values: unknown[] = await this.collections.instances.distinct(
      field,
      conjunction(markFilter(marks), filter),
    );
    return values.sort(compareValues);
  }

  async load(id: string, without: readonly string[] = []): Promise<StoredInstance | undefined> {
    const options = { projection: leavingOut(without), raw: true };
    const found: unknown = await this.collections.instances.findOne({ id }, options);
    return found === null ? undefined : this.known.made(found as Uint8Array);
  }

  async insert(document: StoredInstance): Promise<void> {
    const { _id, ...rest } = document;
    if (typeof rest.id !== 'string' || rest.id === '') throw new TypeError('An instance needs an id');
    const small = encodedInstance(() => encode(withoutLarge(rest)));
    const stored = { ...(isObjectId(_id) ? { _id } : {}), ...decode(small), ...normalise(onlyLarge(rest)) };
    await this.sized(() => this.collections.instances.insertOne(stored));
  }

  async update(
    id: string,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
    log = NO_LINES,
    read?: StoredInstance,
  ): Promise<boolean> {
    assertOneLog(fields, log);
    const small: Document = decode(encodedInstance(() => encode(withoutLarge(settable(fields)))));
    const after = { ...small, ...normalise(onlyLarge(fields)) };
    const { lines } = normalise({ lines: log.lines.slice(-log.most) });
    const { where: expected, set, unset, made } = this.known.update(expectedRev, after, read);
    const where = { id, ...expected };
    const change: Document = {
      ...(Object.keys(set).length > 0 && { $set: set }),
      ...(Object.keys(unset).length > 0 && { $unset: unset }),
    };
    if (Object.keys(change).length === 0 && lines.length === 0)
      return (await this.collections.instances.countDocuments(where)) === 1;
    const isWritten = await this.sized(() =>
      lines.length > 0 ? this.addToLog(where, change, lines, log.most) : this.write(where, change),
    );
    if (isWritten) made();
    return isWritten;
  }

  /** False: no such document, or another program has made other values of the fields into which the change leads. */
  private async write(where: Document, change: Document): Promise<boolean> {
    try {
      return (await this.collections.instances.updateOne(where, change)).matchedCount === 1;
    } catch (error) {
      if (isOtherShape(error)) return false;
      throw error;
    }
  }

  /** Translates "too large": an instance grows to this size over time, so it is not the caller's document. */
  private async sized<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      throw isTooLarge(error) ? instanceFull(withoutPlaces(error)) : error;
    }
  }

  private async addToLog(
    where: Document,
    change: Document,
    lines: unknown[],
    most: number,
  ): Promise<boolean> {
    try {
      return await this.write(where, { ...change, $push: { logs: { $each: lines, $slice: -most } } });
    } catch (error) {
      if (!isNoList(error)) throw error;
      const $set = { ...(change.$set as Document | undefined), logs: lines };
      return this.write(where, { ...change, $set });
    }
  }

  async remove(ids: readonly string[], filter: Filter): Promise<number> {
    refuseLarge([filter]);
    if (ids.length === 0) return 0;
    return (await this.collections.instances.deleteMany(conjunction({ id: { $in: [...ids] } }, filter)))
      .deletedCount;
  }

  async archive(documents: readonly StoredInstance[]): Promise<void> {
    if (documents.length === 0) return;
    const operations = documents.map((document) => {
      const { _id, ...replacement } = normalise(document);
      return {
        replaceOne: { filter: isObjectId(_id) ? { _id } : { id: document.id }, replacement, upsert: true },
      };
    });
    await this.collections.archive.bulkWrite(operations, { ordered: false });
  }
}
