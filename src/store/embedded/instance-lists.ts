import { Work } from '../bson/budget.js';
import { copyWithout } from '../bson/codec.js';
import { SortedRows } from '../bson/sort-key.js';
import type { InstancePlan, Sort, StoredInstance } from '../port.js';
import { Budget, isShort, markCut } from '../query/budget.js';
import { LARGE_FIELDS, refuseLarge } from '../query/large-fields.js';
import { checkPaging, end, sizesOf } from '../query/paging.js';
import { Selection } from '../query/selection.js';
import { placeOfInstance } from '../query/walk.js';
import type { Turns } from '../turns.js';
import type { Bytes } from './bytes.js';
import type { Stored } from './instance-bytes.js';
import type { InstanceIndex } from './instance-index.js';
import type { InstanceReader } from './instance-reader.js';
import { readLarge } from './large-values.js';
import { PageWalk } from './page-walk.js';

/** Number of instances that are read concurrently. */
const READ_AT_ONCE = 8;

/** An instance of a page. */
interface Chosen {
  readonly id: string;
  /** Missing: it is to be read, and looked at again. */
  readonly document?: StoredInstance;
}

/** Finds lists of instances. */
export class InstanceLists {
  constructor(
    private readonly bytes: Pick<Bytes, 'read'>,
    private readonly reader: InstanceReader,
    private readonly index: InstanceIndex,
    private readonly turns: Turns,
  ) {}

  async find(plan: InstancePlan): Promise<StoredInstance[]> {
    const { sort, without = [], limit, unordered } = plan;
    checkPaging(plan);
    refuseLarge([plan.filter], sort);
    if (unordered === true && LARGE_FIELDS.some((name) => !without.includes(name)))
      throw new TypeError('A walk leaves out the large fields');
    if (limit === 0) return [];
    const work = new Work(this.turns);
    if (sort !== undefined) return this.read(await this.sorted(plan, sort, work), plan, false, work);
    const size = sizesOf();
    const sizeOf = (document: StoredInstance): number => size.instance(document);
    const page = new Selection<StoredInstance>(plan, sizeOf);
    const walk = new PageWalk(plan);
    await this.index.scan(plan, work, ({ document }) => page.add(document), {
      bound: plan.after && { key: plan.after.id, included: false },
      wanted: end(plan),
      ...walk.options,
    });
    const isWhole = LARGE_FIELDS.some((name) => !without.includes(name));
    if (isWhole)
      return this.read(
        page.rows.map((document) => ({ id: document.id, document })),
        plan,
        page.isCut,
        work,
      );
    const copied = (document: StoredInstance): StoredInstance => copyWithout(document, without);
    const rows = await new Budget(plan.bytes).copied(page.rows, sizeOf, copied, this.turns);
    return walk.ended(rows, placeOfInstance);
  }

  /** The instances of a page in an order of its own. Keeps none of those that it looks at but for their sort keys. */
  private async sorted(plan: InstancePlan, sort: Sort, work: Work): Promise<Chosen[]> {
    const rows = new SortedRows<string>(sort, end(plan), work);
    await this.index.scan(plan, work, ({ document }) => rows.add(document.id, document));
    return (await rows.rows()).slice(plan.skip ?? 0).map((id) => ({ id }));
  }

  /**
   * Reads the rows of a page, a few at a time, and no more of them than the byte limit of the plan.
   * @param isCut whether more documents follow
   */
  private async read(
    chosen: readonly Chosen[],
    plan: InstancePlan,
    isCut: boolean,
    work: Work,
  ): Promise<StoredInstance[]> {
    const size = sizesOf();
    const budget = new Budget(plan.bytes);
    const rows: StoredInstance[] = [];
    const admits = this.index.admitting(plan, work);
    for (let at = 0; at < chosen.length && !budget.isSpent; at += READ_AT_ONCE) {
      const some = chosen.slice(at, at + READ_AT_ONCE);
      for (const row of await Promise.all(some.map((one) => this.whole(one, plan, admits, work)))) {
        if (row === undefined) continue;
        if (!budget.take(() => size.instance(row))) break;
        rows.push(row);
      }
      if (work.isOver()) await work.next();
    }
    const isMore = isCut || budget.isSpent || isShort(rows, chosen, plan.limit);
    // The next page begins behind a row, and all of these have been removed or changed meanwhile.
    if (isMore && rows.length === 0 && plan.sort === undefined)
      return this.find({ ...plan, skip: 0, after: { id: String(chosen.at(-1)?.document?._id) } });
    return isMore ? markCut(rows) : rows;
  }

  /** A row; undefined if the instance has changed since and no longer matches the plan. */
  private whole(
    { id, document }: Chosen,
    plan: InstancePlan,
    admits: (now: Stored) => boolean,
    work: Work,
  ): Promise<StoredInstance | undefined> {
    const { without = [] } = plan;
    return this.reader.alone(id, async (now) => {
      if (now === undefined) return undefined;
      const isAdmitted = now.document === document || admits(now);
      // Each of those that are read at once may take the steps of a document.
      if (work.isOver()) await work.next();
      if (!isAdmitted) return undefined;
      const wanted = LARGE_FIELDS.filter((name) => !without.includes(name));
      return { ...copyWithout(now.document, without), ...(await readLarge(this.bytes, now, wanted)) };
    });
  }
}
