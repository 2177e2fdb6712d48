import { BadInput, Conflict, notFound } from '../../core/errors.js';
import { intersection, type Scope } from '../../core/decision/scope.js';
import type { Operation, ResourceKind } from '../../core/operation.js';
import type { Resource } from '../../core/resource.js';
import { parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import type { Cursor, ItemPlan, Paging, Sort, StoredInstance, UnwoundItem } from '../../store/port.js';
import {
  instancePlan,
  itemPlan,
  looksInside,
  namesOneInstance,
  type ScopedOptions,
} from '../../store/query/scoped-query.js';
import { hiddenSort } from '../../store/query/hidden.js';
import { whole } from '../../store/query/stored.js';
import { isCut, markCut } from '../../store/query/budget.js';
import { UNLISTED } from '../../store/query/large-fields.js';
import type { ItemView } from '../contract/types.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import { LIST_BYTES } from './paging.js';
import { idsIn, inPortions, itemsIn, NO_INSTANCE } from './id-portions.js';
import { listening, matchingOnes, type Receiver } from './listening.js';
import { asRead, itemView } from './views.js';
import { dataVisibility, type Visibility } from './visibility.js';

/** Instances read per batch when all of them are visited. */
const BATCH = 200;

/** Where counting stops; undefined: all rows are counted. */
type Bound = number | undefined;

/** @throws BadInput `bad-query` if there is none */
function assertQuery(query: unknown, says: string): void {
  if (query === undefined || query === null) throw new BadInput('bad-query', says);
}

/** @throws AccessDenied `not-found`; Conflict `ambiguous` */
function onlyOne<T>([found, ...more]: readonly T[], kind: ResourceKind, several: string): T {
  if (found === undefined) throw notFound(kind);
  if (more.length > 0) throw new Conflict('ambiguous', several);
  return found;
}

/** All reads of instances and items. Each goes through `scoped-query`, which joins the scope and the caller's query. */
export class ScopedReads {
  constructor(private readonly calls: Calls) {}

  /** @throws BadInput `hidden-field` if the order of the rows would reveal a field that they do not show */
  private options({ hidden }: Call, { sort }: Paging = {}): ScopedOptions {
    const field = hiddenSort(hidden, sort);
    if (field !== undefined)
      throw new BadInput(
        'hidden-field',
        `A list cannot be sorted by ${field}, because part of it is hidden from you.`,
      );
    return { ...this.calls.searching, hidden };
  }

  private itemPlan(call: Call, query: CallerQuery, paging: Paging, wantsOne = false) {
    const options = this.options(call, paging);
    // The rules are not stated in a query that names its instance: the few rows that it finds are decided.
    const isDecided = wantsOne && namesOneInstance(query);
    const scopeOf = (operation: Operation): Scope =>
      isDecided ? call.scopeOfOne(operation) : call.scope(operation);
    const instances = looksInside(query, paging) ? scopeOf('instance:read') : NO_INSTANCE;
    return itemPlan(scopeOf('task:read'), instances, query, paging, options);
  }

  /** @param wantsOne the query is for one item, not for a list */
  async itemRows(call: Call, query: CallerQuery, paging: Paging, wantsOne?: boolean): Promise<UnwoundItem[]> {
    const plan = this.itemPlan(call, query, paging, wantsOne);
    return plan === undefined ? [] : this.calls.store.instances.findItems(plan);
  }

  /**
   * @param sort the order of the counted rows: sorting by data omits the items of instances that the caller cannot
   * read
   */
  async countItems(call: Call, query: CallerQuery, most: Bound, sort?: Sort): Promise<number> {
    const plan = this.itemPlan(call, query, { sort });
    return plan === undefined ? 0 : this.calls.store.instances.countItems(plan, most);
  }

  private instancePlan(call: Call, query: CallerQuery, paging: Paging) {
    const options = this.options(call, paging);
    return instancePlan(call.scope('instance:read'), call.scope('task:read'), query, paging, options);
  }

  async instanceRows(
    call: Call,
    query: CallerQuery,
    paging: Paging,
    without: readonly string[] = UNLISTED,
  ): Promise<StoredInstance[]> {
    const plan = this.instancePlan(call, query, paging);
    const rows = plan === undefined ? [] : await this.calls.store.instances.find({ ...plan, without });
    return isCut(rows) ? markCut(rows.map(whole)) : rows.map(whole);
  }

  /** Visits all instances that match the query. Never holds more in memory than one answer does. */
  async eachInstance(
    call: Call,
    query: CallerQuery,
    visit: (instance: StoredInstance) => void,
  ): Promise<void> {
    for (let after: Cursor | undefined; ;) {
      const rows = await this.instanceRows(call, query, { limit: BATCH, bytes: LIST_BYTES, after });
      rows.forEach(visit);
      const last = rows.at(-1);
      if (last === undefined || (rows.length < BATCH && !isCut(rows))) return;
      after = { id: String(last._id) };
    }
  }

  async countInstances(call: Call, query: CallerQuery, most: Bound): Promise<number> {
    const plan = this.instancePlan(call, query, {});
    return plan === undefined ? 0 : this.calls.store.instances.count(plan, most);
  }

  async viewItems(call: Call, rows: readonly UnwoundItem[]): Promise<ItemView[]> {
    const shown = await this.visibility(call, rows);
    return this.calls.turns.map(rows, (row) => {
      const { items, ...instance } = row;
      return itemView(call.shown(instance), items, shown(row), asRead);
    });
  }

  /**
   * Decides which fields of each row the principal sees beyond those that every reader of the item sees. Asked once
   * per instance, and once per item where the assignee is hidden from some readers.
   */
  async visibility(call: Call, rows: readonly UnwoundItem[]): Promise<(row: UnwoundItem) => Visibility> {
    const all = call.seesAllAssignees;
    const [readable, assigned] = await Promise.all([
      this.readable(call, rows),
      all ? new Set<string>() : this.itemsOf(call, 'task:assignees', rows),
    ]);
    const { userName } = call.principal;
    return (row) => ({
      data: readable.has(row.id),
      assignees: all || assigned.has(row.items.id),
      userName,
      ...dataVisibility(call, row),
    });
  }

  private readable(call: Call, rows: readonly UnwoundItem[]): Promise<ReadonlySet<string>> {
    return this.readableIds(call, [...new Set(rows.map((row) => row.id))]);
  }

  /** Those of the instances that the principal may read. */
  async readableIds(call: Call, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const scope = call.scope('instance:read');
    return inPortions(ids, async (some) => {
      const plan = instancePlan(scope, scope, idsIn('row', some), {}, { reindexed: false });
      return plan === undefined ? [] : ((await this.calls.store.instances.distinct('id', plan)) as string[]);
    });
  }

  /** The ids of the rows' items on which the principal may perform the operation. */
  async itemsOf(
    call: Call,
    operation: Operation,
    rows: readonly UnwoundItem[],
  ): Promise<ReadonlySet<string>> {
    return itemsIn(this.calls.store.instances, call.scope(operation), rows);
  }

  /**
   * Returns the one item that matches the query among those that the principal may see.
   * @throws AccessDenied `not-found`; Conflict `ambiguous`
   */
  async oneItem(call: Call, query: unknown): Promise<UnwoundItem> {
    assertQuery(query, 'A command needs a query that matches one item.');
    const rows = await this.itemRows(call, parseQuery(query, INSTANCE_FIELDS), { limit: 2 }, true);
    return onlyOne(rows, 'task', 'The query matches several items; a command needs exactly one.');
  }

  /** @throws AccessDenied `not-found`; Conflict `ambiguous` */
  async oneInstance(call: Call, query: unknown): Promise<StoredInstance> {
    assertQuery(query, 'This needs a query that matches one instance.');
    const rows = await this.instanceRows(call, parseQuery(query, INSTANCE_FIELDS), { limit: 2 });
    return onlyOne(rows, 'instance', 'The query matches several instances; exactly one is needed.');
  }

  /**
   * Items that wait for an event, in instances to which the principal may send it.
   * @param matching the caller's condition on them; it applies only to what the caller may read, since the right to
   * send does not include reading
   * @throws BadInput `too-expensive`
   */
  async receivers(
    call: Call,
    operation: Operation,
    waiting: CallerQuery,
    matching: CallerQuery | undefined,
    limit: number,
  ): Promise<Receiver[]> {
    const { instances } = this.calls.store;
    const scope = call.scope(operation);
    const options = this.options(call);
    if (matching === undefined)
      return listening(instances, itemPlan(scope, NO_INSTANCE, waiting, {}, options), limit);
    const [readable, inside] = [intersection(scope, call.scope('task:read')), call.scope('instance:read')];
    const asked = (...more: CallerQuery[]): ItemPlan | undefined =>
      itemPlan(readable, inside, { kind: 'and', of: [waiting, ...more] }, {}, options);
    return matchingOnes(instances, asked, matching, limit);
  }

  /** An instance with all its items, found by id alone. For decisions only, never to be shown. */
  async whole(id: string): Promise<StoredInstance | undefined> {
    const [found] = await this.calls.store.instances.find({ filter: { id }, limit: 1, without: UNLISTED });
    return found && whole(found);
  }

  /** The instance of an item, with all its items. If an instance id is given, only that instance is searched. */
  async wholeOfItem(itemId: string, instanceId?: string): Promise<StoredInstance | undefined> {
    const ofItem = { items: { $elemMatch: { id: itemId } } };
    const filter = instanceId === undefined ? ofItem : { $and: [{ id: instanceId }, ofItem] };
    const [found] = await this.calls.store.instances.find({ filter, limit: 1, without: UNLISTED });
    return found && whole(found);
  }

  /**
   * The resource for a decision about a row's item. The row is enough unless a rule refers to the instance's other
   * items.
   * @throws AccessDenied `not-found` if it has been deleted in the meantime
   */
  async resourceOf(call: Call, operation: Operation, row: UnwoundItem): Promise<Resource> {
    const { items: item, ...instance } = row;
    if (!call.ruling(operation).needs('items')) return { item, instance };
    const found = await this.whole(row.id);
    if (found === undefined) throw notFound('task');
    return { item, instance: found };
  }
}
