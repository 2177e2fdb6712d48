import { USER_TASK } from '../../core/condition/element-types.js';
import { BadInput } from '../../core/errors.js';
import { parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import { isCut } from '../../store/query/budget.js';
import { cursorOf } from '../../store/query/item-order.js';
import type { Cursor, Paging } from '../../store/port.js';
import { UNLISTED, RUN_FIELDS } from '../../store/query/large-fields.js';
import type { DataApi, FindPage, FindRequest, FoundRow, InstanceView, ItemView } from '../contract/types.js';
import type { Rows } from '../contract/api-types.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import { mayReadModelOf } from './model-access.js';
import {
  COUNTED,
  LIST_BYTES,
  LIST_MOST,
  parseFlag,
  parsePage,
  parseParameters,
  parseSort,
  printCursor,
  withCursor,
} from './paging.js';
import { parseProjection } from './projection.js';
import { removeInstances } from './removal.js';
import { asRead, instanceFields, instanceView, itemView } from './views.js';

type Parts = Pick<CommandParts, 'calls' | 'reads' | 'runner'>;
type Row = Record<string, unknown>;

/** Items that wait for people. */
export const PENDING: CallerQuery = parseQuery(
  { 'items.status': 'wait', 'items.type': USER_TASK },
  INSTANCE_FIELDS,
);

export const both = (...of: CallerQuery[]): CallerQuery => ({ kind: 'and', of });

/** One page: its rows, the cursor of the last row, and whether the page is full. */
interface Page {
  readonly rows: readonly Row[];
  readonly last: Cursor | undefined;
  readonly full: boolean;
}

/** bpmn-server's own data API. */
export function dataApi(parts: Parts): DataApi {
  const { calls, reads } = parts;
  const list = { kind: 'task' };
  const items = async (call: Call, query: CallerQuery, limit = LIST_MOST): Promise<Rows<ItemView>> => {
    const rows = await reads.itemRows(call, query, { limit, bytes: LIST_BYTES });
    const last = rows.at(-1);
    return withCursor(
      await reads.viewItems(call, rows),
      last && isFull(rows, { limit }) ? cursorOf(last) : undefined,
    );
  };
  return Object.freeze({
    getPendingUserTasks: (query, user) =>
      calls.read(user, 'task:read', list, (call) =>
        items(call, both(PENDING, parseQuery(query, INSTANCE_FIELDS))),
      ),
    findItems: (query, user) =>
      calls.read(user, 'task:read', list, (call) => items(call, parseQuery(query, INSTANCE_FIELDS))),
    findItem: (query, user) =>
      calls.read(
        user,
        'task:read',
        list,
        async (call) => (await items(call, parseQuery(query, INSTANCE_FIELDS), 1))[0],
      ),
    findInstances: (query, user, options) =>
      calls.read(user, 'instance:read', { kind: 'instance' }, (call) =>
        findInstances(parts, call, query, options),
      ),
    find: (request, user) =>
      calls.read(user, 'instance:read', { kind: 'instance' }, (call) => findPage(parts, call, request)),
    deleteInstances: (query, user) =>
      calls.run(user, 'instance:delete', { kind: 'instance' }, (call) => removeInstances(parts, call, query)),
  } satisfies DataApi);
}

async function findInstances(
  { calls, reads }: Parts,
  call: Call,
  query: unknown,
  options: unknown,
): Promise<Rows<InstanceView>> {
  const full = typeof options === 'string' && options.toLowerCase() === 'full';
  const { projection, sort: wish } = parseParameters(full || options === 'summary' ? {} : options, [
    'projection',
    'sort',
  ]);
  const { sort, items } = parseSort(wish, INSTANCE_FIELDS);
  if (items) throw new BadInput('bad-query', 'Instances cannot be sorted by a field of their items.');
  const project = parseProjection(projection);
  const without = full ? [...RUN_FIELDS, 'loops'] : UNLISTED;
  const checked = parseQuery(query, INSTANCE_FIELDS);
  const paging = { sort, limit: LIST_MOST, bytes: LIST_BYTES };
  const rows = await reads.instanceRows(call, checked, paging, without);
  const views = await calls.turns.map(rows, async (row) => {
    const withSource = full && (await mayReadModelOf(calls, call, row));
    const view: Row = { ...(await instanceView(call, row, withSource)), ...(full ? { logs: [] } : {}) };
    return project(view) as unknown as InstanceView;
  });
  if (!isFull(rows, paging)) return views;
  return withCursor(views, sort === undefined ? { id: String(rows.at(-1)?._id) } : { skip: rows.length });
}

async function findPage({ calls, reads }: Parts, call: Call, input: unknown): Promise<FindPage> {
  const request: Partial<Record<keyof FindRequest, unknown>> = parseParameters(input, [
    'filter',
    'after',
    'limit',
    'sort',
    'projection',
    'getTotalCount',
    'exactTotal',
  ]);
  const exact = parseFlag('exactTotal', request.exactTotal);
  const isCounted = parseFlag('getTotalCount', request.getTotalCount) || exact;
  const query = parseQuery(request.filter, INSTANCE_FIELDS);
  const { sort, items: sortsItems } = parseSort(request.sort, INSTANCE_FIELDS);
  const project = parseProjection(request.projection);
  const paging = parsePage(request.limit, request.after, sort);
  const ofItems = sortsItems || mentionsItems(query);
  const countRows = (most: number | undefined): Promise<number> =>
    ofItems ? reads.countItems(call, query, most, sort) : reads.countInstances(call, query, most);
  const [page, total] = await Promise.all([
    (ofItems ? itemPage : instancePage)({ calls, reads }, call, query, paging),
    isCounted ? countRows(exact ? undefined : COUNTED + 1) : undefined,
  ]);
  const skipped = { skip: (paging.skip ?? 0) + page.rows.length };
  const next = page.full ? printCursor(sort !== undefined ? skipped : (page.last as Cursor)) : null;
  const data = (await calls.turns.map(page.rows, project)) as unknown as FoundRow[];
  return { data, nextCursor: next, ...(total !== undefined && totalOf(total, exact)) };
}

/** The total of a page. @param found counted up to one row above the bound, or exactly */
function totalOf(found: number, exact: boolean): Pick<FindPage, 'totalCount' | 'hasMoreThanTotal'> {
  return exact || found <= COUNTED ? { totalCount: found } : { totalCount: COUNTED, hasMoreThanTotal: true };
}

type PageOf = (
  parts: Pick<Parts, 'calls' | 'reads'>,
  call: Call,
  query: CallerQuery,
  paging: Paging & { limit: number },
) => Promise<Page>;

const itemPage: PageOf = async ({ calls, reads }, call, query, paging) => {
  const found = await reads.itemRows(call, query, { ...paging, bytes: LIST_BYTES });
  const shown = await reads.visibility(call, found);
  const rows = await calls.turns.map(found, (row) => {
    const { items, ...whole } = row;
    const [instance, sees] = [call.shown(whole), shown(row)];
    return {
      ...instanceFields(instance, sees.data, asRead),
      items: itemView(instance, items, sees, asRead),
    } as Row;
  });
  const last = found.at(-1);
  return { rows, last: last && cursorOf(last), full: isFull(found, paging) };
};

/** Whether more rows may follow, also behind a page that lost rows while it was read. */
const isFull = (found: readonly unknown[], { limit }: { limit: number }): boolean =>
  found.length === limit || isCut(found);

const instancePage: PageOf = async ({ calls, reads }, call, query, paging) => {
  const found = await reads.instanceRows(call, query, { ...paging, bytes: LIST_BYTES });
  const last = found.at(-1);
  return {
    rows: (await calls.turns.map(found, (row) => instanceView(call, row))) as unknown as Row[],
    last: last && { id: String(last._id) },
    full: isFull(found, paging),
  };
};

function mentionsItems(query: CallerQuery): boolean {
  if (query.kind === 'element') return true;
  return query.kind === 'test' || query.kind === 'absent'
    ? query.on === 'item'
    : query.of.some(mentionsItems);
}
