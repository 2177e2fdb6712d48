import { Work } from '../bson/budget.js';
import { copyWithout } from '../bson/codec.js';
import { SortedRows } from '../bson/sort-key.js';
import type { InstancePlan, Sort, StoredInstance } from '../port.js';
import { Budget, markCut } from '../query/budget.js';
import { LARGE_FIELDS, refuseLarge } from '../query/large-fields.js';
import { checkPaging, end, sizesOf } from '../query/paging.js';
import { Selection } from '../query/selection.js';
import { placeOfInstance } from '../query/walk.js';
import type { Turns } from '../turns.js';
import type { Bytes } from './bytes.js';
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
    if (sort !== undefined) return this.read(await this.sorted(plan, sort), plan, false);
    const size = sizesOf();
    const sizeOf = (document: StoredInstance): number => size.instance(document);
    const page = new Selection<StoredInstance>(plan, sizeOf);
    const walk = new PageWalk(plan);
    await this.index.scan(plan, new Work(this.turns), ({ document }) => page.add(document), {
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
      );
    const copied = (document: StoredInstance): StoredInstance => copyWithout(document, without);
    const rows = await new Budget(plan.bytes).copied(page.rows, sizeOf, copied, this.turns);
    return walk.ended(rows, placeOfInstance);
  }

  /** The instances of a page in an order of its own. Keeps none of those that it looks at but for their sort keys. */
  private async sorted(plan: InstancePlan, sort: Sort): Promise<Chosen[]> {
    const work = new Work(this.turns);
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
  ): Promise<StoredInstance[]> {
    const size = sizesOf();
    const budget = new Budget(plan.bytes);
    const rows: StoredInstance[] = [];
    for (let at = 0; at < chosen.length && !budget.isSpent; at += READ_AT_ONCE) {
      const some = chosen.slice(at, at + READ_AT_ONCE);
      for (const row of await Promise.all(some.map((one) => this.whole(one, plan)))) {
        if (row === undefined) continue;
        if (!budget.take(() => size.instance(row))) break;
        rows.push(row);
      }
      if (this.turns.isOver()) await this.turns.next();
    }
    // The next page begins behind a row, and all of these have been removed or changed meanwhile.
    if (isCut && rows.length === 0)
      return this.find({ ...plan, skip: 0, after: { id: String(chosen.at(-1)?.document?._id) } });
    return isCut || budget.isSpent ? markCut(rows) : rows;
  }

  /** A row; undefined if the instance has changed since and no longer matches the plan. */
  private whole({ id, document }: Chosen, plan: InstancePlan): Promise<StoredInstance | undefined> {
    const { without = [] } = plan;
    return this.reader.alone(id, async (now) => {
      if (now === undefined) return undefined;
      if (now.document !== document && !this.index.admits(now.document, plan)) return undefined;
      const wanted = LARGE_FIELDS.filter((name) => !without.includes(name));
      return { ...copyWithout(now.document, without), ...(await readLarge(this.bytes, now, wanted)) };
    });
  }
}
