import { NOTHING } from '../../core/condition.js';
import { AccessDenied, BadInput, Conflict, isGuardError, notFound } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import { scopeOf } from '../../core/scope.js';
import { badQuery, INSTANCE_FIELDS, parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import type { Cursor, Paging, Sort, StoredInstance, UnwoundItem } from '../../store/port.js';
import { instancePlan, itemPlan, looksInside } from '../../store/query/scoped-query.js';
import type { Asking } from './asking.js';
import type { CommandRunner } from '../execution/command-runner.js';
import type { Command } from '../execution/context.js';
import { LIST_MOST, parsePage, parseParameters, parseSort, printCursor } from './paging.js';
import { parseProjection } from './projection.js';
import type { DataApi, FindPage, FindRequest, InstanceView, ItemView } from '../contract/types.js';
import { instanceFields, itemView, type Views } from './views.js';

const COLD = ['source', 'svg', 'logs', 'savePoints', 'loops'];
const PENDING: CallerQuery = parseQuery(
  { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' },
  INSTANCE_FIELDS,
);

/** Stands where the scope of instances is not asked for. */
const NO_INSTANCE = scopeOf(NOTHING);

const both = (...of: CallerQuery[]): CallerQuery => ({ kind: 'and', of });

/**
 * All reads of instances and items. Each goes through `scoped-query`, where scope and caller's query are put
 * together.
 */
export class Reads {
  constructor(
    private readonly asking: Asking,
    private readonly views: Views,
  ) {}

  private get options() {
    return { reindexed: this.asking.isReindexed() };
  }

  private itemPlan(principal: SecureUser, query: CallerQuery, paging: Paging) {
    const instances = looksInside(query, paging)
      ? this.asking.scope(principal, 'instance:read')
      : NO_INSTANCE;
    return itemPlan(this.asking.scope(principal, 'task:read'), instances, query, paging, this.options);
  }

  async itemRows(principal: SecureUser, query: CallerQuery, paging: Paging): Promise<UnwoundItem[]> {
    const plan = this.itemPlan(principal, query, paging);
    return plan === undefined ? [] : this.asking.store.instances.findItems(plan);
  }

  /** @param sort of the rows that are counted: sorting by data leaves out the items of instances that are not read */
  async countItems(principal: SecureUser, query: CallerQuery, sort?: Sort): Promise<number> {
    const plan = this.itemPlan(principal, query, { sort });
    return plan === undefined ? 0 : this.asking.store.instances.countItems(plan);
  }

  private instancePlan(principal: SecureUser, query: CallerQuery, paging: Paging) {
    return instancePlan(
      this.asking.scope(principal, 'instance:read'),
      this.asking.scope(principal, 'task:read'),
      query,
      paging,
      this.options,
    );
  }

  async instanceRows(
    principal: SecureUser,
    query: CallerQuery,
    paging: Paging,
    without: readonly string[] = COLD,
  ): Promise<StoredInstance[]> {
    const plan = this.instancePlan(principal, query, paging);
    return plan === undefined ? [] : this.asking.store.instances.find({ ...plan, without });
  }

  async countInstances(principal: SecureUser, query: CallerQuery): Promise<number> {
    const plan = this.instancePlan(principal, query, {});
    return plan === undefined ? 0 : this.asking.store.instances.count(plan);
  }

  /** Item views of rows; process data shows where the instance may be read, which is asked once for each instance. */
  async viewItems(principal: SecureUser, rows: readonly UnwoundItem[]): Promise<ItemView[]> {
    const readable = await this.readable(principal, rows);
    return rows.map(({ items, ...instance }) =>
      itemView(instance as unknown as StoredInstance, items, readable.has(instance.id as string)),
    );
  }

  async readable(principal: SecureUser, rows: readonly UnwoundItem[]): Promise<Set<string>> {
    const ids = [...new Set(rows.map((row) => row.id))];
    const scope = this.asking.scope(principal, 'instance:read');
    if (scope.kind === 'nothing' || ids.length === 0) return new Set();
    const query: CallerQuery = { kind: 'test', on: 'row', field: 'id', test: { $in: ids } };
    const plan = instancePlan(scope, scope, query, {}, { reindexed: false });
    const found = plan === undefined ? [] : await this.asking.store.instances.distinct('id', plan);
    return new Set(found as string[]);
  }

  /**
   * The one item that the query finds among those that the principal may see (spec 08, 9).
   * @throws AccessDenied `not-found`; Conflict `ambiguous`
   */
  async oneItem(principal: SecureUser, query: unknown): Promise<UnwoundItem> {
    if (query === undefined || query === null)
      throw new BadInput('bad-query', 'A command needs a query that finds one item.');
    const [found, ...more] = await this.itemRows(principal, parseQuery(query, INSTANCE_FIELDS), { limit: 2 });
    if (found === undefined) throw notFound('task');
    if (more.length > 0)
      throw new Conflict('ambiguous', 'The query finds several items; a command needs exactly one.');
    return found;
  }

  /** @throws AccessDenied `not-found`; Conflict `ambiguous` */
  async oneInstance(principal: SecureUser, query: unknown): Promise<StoredInstance> {
    if (query === undefined || query === null)
      throw new BadInput('bad-query', 'A query that finds one instance is needed.');
    const [found, ...more] = await this.instanceRows(principal, parseQuery(query, INSTANCE_FIELDS), {
      limit: 2,
    });
    if (found === undefined) throw notFound('instance');
    if (more.length > 0)
      throw new Conflict('ambiguous', 'The query finds several instances; exactly one is needed.');
    return found;
  }

  private async findPage(principal: SecureUser, input: unknown): Promise<FindPage> {
    const request: Partial<Record<keyof FindRequest, unknown>> = parseParameters(input, [
      'filter',
      'after',
      'limit',
      'sort',
      'projection',
      'getTotalCount',
    ]);
    const { getTotalCount = false } = request;
    if (typeof getTotalCount !== 'boolean') return badQuery('getTotalCount is true or false.');
    const query = parseQuery(request.filter, INSTANCE_FIELDS);
    const { sort, items: sortsItems } = parseSort(request.sort, INSTANCE_FIELDS);
    const project = parseProjection(request.projection);
    const paging = parsePage(request.limit, request.after, sort);
    const ofItems = sortsItems || mentionsItems(query);
    const [data, last, full] = ofItems
      ? await this.itemPage(principal, query, paging)
      : await this.instancePage(principal, query, paging);
    const next = !full
      ? null
      : sort !== undefined
        ? printCursor({ skip: (paging.skip ?? 0) + paging.limit })
        : printCursor(last as Cursor);
    const total = getTotalCount
      ? {
          totalCount: await (ofItems
            ? this.countItems(principal, query, sort)
            : this.countInstances(principal, query)),
        }
      : {};
    return { data: data.map(project), nextCursor: next, ...total };
  }

  private async itemPage(principal: SecureUser, query: CallerQuery, paging: Paging & { limit: number }) {
    const rows = await this.itemRows(principal, query, paging);
    const readable = await this.readable(principal, rows);
    const data = rows.map(({ items, ...instance }) => {
      const stored = instance as unknown as StoredInstance;
      const mine = readable.has(stored.id);
      return { ...instanceFields(stored, mine), items: itemView(stored, items, mine) } as Record<
        string,
        unknown
      >;
    });
    const last = rows.at(-1);
    return [data, last && cursorOf(last), rows.length === paging.limit] as const;
  }

  private async instancePage(principal: SecureUser, query: CallerQuery, paging: Paging & { limit: number }) {
    const rows = await this.instanceRows(principal, query, paging);
    const last = rows.at(-1);
    return [
      rows.map((row) => this.views.instance(principal, row) as Record<string, unknown>),
      last && { id: String(last._id) },
      rows.length === paging.limit,
    ] as const;
  }

  /** bpmn-server's own data API. */
  api(runner: CommandRunner): DataApi {
    const { asking } = this;
    const list = { kind: 'task' };
    const items = (principal: SecureUser, query: CallerQuery): Promise<ItemView[]> =>
      this.itemRows(principal, query, { limit: LIST_MOST }).then((rows) => this.viewItems(principal, rows));
    return Object.freeze({
      getPendingUserTasks: (query, user) =>
        asking.call(user, 'task:read', list, (principal) =>
          items(principal, both(PENDING, parseQuery(query, INSTANCE_FIELDS))),
        ),
      findItems: (query, user) =>
        asking.call(user, 'task:read', list, (principal) =>
          items(principal, parseQuery(query, INSTANCE_FIELDS)),
        ),
      findItem: (query, user) =>
        asking.call(user, 'task:read', list, async (principal) => {
          const rows = await this.itemRows(principal, parseQuery(query, INSTANCE_FIELDS), { limit: 1 });
          return (await this.viewItems(principal, rows))[0];
        }),
      findInstances: (query, user, options) =>
        asking.call(user, 'instance:read', { kind: 'instance' }, (principal) =>
          this.findInstances(principal, query, options),
        ),
      find: (request, user) =>
        asking.call(user, 'instance:read', { kind: 'instance' }, (principal) =>
          this.findPage(principal, request),
        ),
      deleteInstances: (query, user) =>
        asking.call(user, 'instance:delete', { kind: 'instance' }, (principal) =>
          this.removeInstances(principal, query, runner),
        ),
    } satisfies DataApi);
  }

  private async findInstances(
    principal: SecureUser,
    query: unknown,
    options: unknown,
  ): Promise<InstanceView[]> {
    const full = typeof options === 'string' && options.toLowerCase() === 'full';
    const { projection, sort: wish } = parseParameters(full || options === 'summary' ? {} : options, [
      'projection',
      'sort',
    ]);
    const { sort, items } = parseSort(wish, INSTANCE_FIELDS);
    if (items) throw new BadInput('bad-query', 'Instances cannot be sorted by a field of their items.');
    const project = parseProjection(projection);
    const rows = await this.instanceRows(
      principal,
      parseQuery(query, INSTANCE_FIELDS),
      { sort, limit: LIST_MOST },
      full ? ['logs', 'savePoints', 'loops'] : COLD,
    );
    return rows.map(
      (row) =>
        project(
          this.views.instance(principal, row, full) as Record<string, unknown>,
        ) as unknown as InstanceView,
    );
  }

  /**
   * Deletes what is found if each may be deleted; else nothing (spec 08, 9).
   * @param archive with a copy of each in the archive, as it is when it is deleted
   */
  async removeInstances(
    principal: SecureUser,
    query: unknown,
    runner: CommandRunner,
    archive = false,
  ): Promise<{ deletedCount: number }> {
    if (query === undefined || query === null)
      throw new BadInput('bad-query', 'To delete instances takes a query; {} stands for all.');
    const checked = parseQuery(query, INSTANCE_FIELDS);
    const { asking } = this;
    const { instances } = asking.store;
    if (asking.scope(principal, 'instance:delete').kind === 'nothing')
      throw new AccessDenied('forbidden', 'You may not delete instances.');
    const rows = await this.instanceRows(principal, checked, {});
    for (const instance of rows) asking.assert(principal, 'instance:delete', { instance }, true);
    let deletedCount = 0;
    for (const { id } of rows) {
      const work = async (_command: Command, instance: StoredInstance): Promise<number> => {
        const reason = asking.assert(
          principal,
          'instance:delete',
          { instance },
          asking.allows(principal, 'instance:read', { instance }),
        );
        if (archive) await instances.archive([instance]);
        const removed = await instances.remove([id], {});
        await asking.audit.allowed(
          principal,
          'instance:delete',
          { kind: 'instance', id, instanceId: id },
          reason,
        );
        return removed;
      };
      deletedCount += await asking.store
        .bounded(() => runner.onInstance(id, principal, work))
        .catch(goneMeanwhile);
    }
    return { deletedCount };
  }
}

/** Somebody else has deleted it since it was found. @throws every other error */
function goneMeanwhile(error: unknown): number {
  if (isGuardError(error) && error.code === 'not-found') return 0;
  throw error;
}

/** Where the page after this row begins. */
function cursorOf({ _id, items: { seq, id } }: UnwoundItem): Cursor {
  return {
    id: String(_id),
    ...(typeof seq === 'number' && Number.isFinite(seq) ? { seq } : {}),
    item: typeof id === 'string' ? id : '',
  };
}

function mentionsItems(query: CallerQuery): boolean {
  if (query.kind === 'element') return true;
  return query.kind === 'test' || query.kind === 'absent'
    ? query.on === 'item'
    : query.of.some(mentionsItems);
}

export { both, PENDING };
