import { normaliseName } from '../../core/principal.js';
import { show } from '../../core/value.js';
import type { AuditEntry, AuditStore } from '../../store/port.js';
import { badQuery } from '../../store/query/query-input.js';
import type { AuditApi, AuditPage } from '../contract/audit-types.js';
import { crossesTenants } from '../policy-book/giving-to-persons.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import { atOnce } from '../contract/arguments.js';
import { parseParameters } from './paging.js';

const PAGE = { size: 50, most: 500 };
const ANSWERS: readonly AuditEntry['answer'][] = ['allowed', 'refused', 'failed'];
const PARAMETERS = ['since', 'until', 'userName', 'answer', 'limit', 'after'];
const LONGEST_NAME = 1_000;
/** Entries of one millisecond that a page may skip. */
const MOST_AT_ONCE = 10_000;

/** Where a page begins: after so many entries of a millisecond, which were on earlier pages. */
interface Place {
  readonly at: number;
  readonly behind: number;
}

const CURSOR = /^(\d{1,15})-(\d{1,5})$/;

function placeIn(cursor: unknown): Place | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const match = typeof cursor === 'string' ? CURSOR.exec(cursor) : null;
  const place = match && { at: Number(match[1]), behind: Number(match[2]) };
  return place !== null && place.behind <= MOST_AT_ONCE
    ? place
    : badQuery('after must be the nextCursor of a page of the audit trail.');
}

function timeIn(value: unknown, name: string): Date | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' || value instanceof Date ? new Date(value) : new Date(NaN);
  if (Number.isNaN(time.getTime())) return badQuery(`${name} must be a date, got ${show(value)}.`);
  return time;
}

function textIn(value: unknown, name: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value.length <= LONGEST_NAME)) return value;
  return badQuery(`${name} must be a text of at most ${LONGEST_NAME} characters, got ${show(value)}.`);
}

type Filter = Parameters<AuditStore['find']>[0];

/** @throws BadInput `bad-query`, naming the parameter */
function readQuery(input: unknown): { filter: Omit<Filter, 'tenantId'>; place: Place | undefined } {
  const { since, until, userName, answer, limit = PAGE.size, after } = parseParameters(input, PARAMETERS);
  if (answer !== undefined && !ANSWERS.includes(answer as AuditEntry['answer']))
    return badQuery(`answer must be one of ${ANSWERS.join(', ')}, got ${show(answer)}.`);
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > PAGE.most)
    return badQuery(`limit must be a whole number from 1 to ${PAGE.most}, got ${show(limit)}.`);
  const [from, to, named] = [timeIn(since, 'since'), timeIn(until, 'until'), textIn(userName, 'userName')];
  const by = named && (normaliseName(named) ?? named);
  const filter = {
    ...(from !== undefined && { since: from }),
    ...(to !== undefined && { until: to }),
    ...(by !== undefined && { userName: by }),
    ...(answer !== undefined && { answer: answer as AuditEntry['answer'] }),
    limit,
  };
  return { filter, place: placeIn(after) };
}

/** The place behind the entries of a page, which begins at a place. */
function placeBehind(data: readonly AuditEntry[], before: Place | undefined): Place | undefined {
  const at = data.at(-1)?.time.getTime();
  if (at === undefined) return undefined;
  const same = data.filter(({ time }) => time.getTime() === at).length;
  return { at, behind: same + (before?.at === at ? before.behind : 0) };
}

/** The entries of the page, and one more if there is one. */
async function pageOf(store: AuditStore, filter: Filter, place: Place | undefined): Promise<AuditEntry[]> {
  const { limit, until } = filter;
  if (place === undefined) return store.find({ ...filter, limit: limit + 1 });
  // The place is a millisecond: its entries are read again, and those before the place are left out.
  const below = Math.min(place.at + 1, until?.getTime() ?? Infinity);
  const found = await store.find({
    ...filter,
    until: new Date(below),
    limit: limit + 1 + place.behind,
  });
  const newer = found.filter(({ time }) => time.getTime() === place.at).length;
  return found.slice(Math.min(place.behind, newer));
}

/** Stores keep null for what an entry does not have. */
const withoutNull = <T extends object>(fields: T): T =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as T;

const shown = (entry: AuditEntry): AuditEntry => ({
  ...withoutNull(entry),
  userName: entry.userName,
  resource: withoutNull(entry.resource),
});

/** Reads the audit trail of the caller's tenant. */
export function auditApi({ calls }: Pick<CommandParts, 'calls'>): AuditApi {
  const find = async (call: Call, read: () => ReturnType<typeof readQuery>): Promise<AuditPage> => {
    call.assert('system:audit', {}, true);
    const { filter, place } = read();
    const { principal } = call;
    // Only SYSTEM without a tenant reads entries of other tenants.
    const tenant = crossesTenants(principal) ? {} : { tenantId: principal.tenantId ?? null };
    const found = await pageOf(calls.store.audit, { ...filter, ...tenant }, place);
    const data = found.slice(0, filter.limit).map(shown);
    const next = found.length > data.length ? placeBehind(data, place) : undefined;
    if (next !== undefined && next.behind > MOST_AT_ONCE)
      return badQuery('Too many entries have the same time. Filter by userName or answer.');
    return { data, nextCursor: next === undefined ? null : `${next.at}-${next.behind}` };
  };
  return Object.freeze({
    find: (query, user) => {
      const read = atOnce(() => readQuery(query));
      return calls.read(user, 'system:audit', { kind: 'system', name: 'audit' }, (call) => find(call, read));
    },
  } satisfies AuditApi);
}
