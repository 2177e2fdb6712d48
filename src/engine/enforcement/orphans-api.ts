import { AccessDenied } from '../../core/errors.js';
import { intersection } from '../../core/decision/scope.js';
import type { Paging, UnwoundItem } from '../../store/port.js';
import { isCut } from '../../store/query/budget.js';
import { parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import { itemPlan } from '../../store/query/scoped-query.js';
import { walk } from '../../store/query/walk.js';
import type { Orphan, Orphans } from '../contract/types.js';
import { KnownUsers, orphanedRoles, orphanedTask } from './orphans.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import { NO_INSTANCE } from './id-portions.js';
import { LIST_BYTES, PAGE, parsePage, parseParameters, printCursor } from './paging.js';
import { cursorOf } from '../../store/query/item-order.js';
import { both, PENDING } from './data-api.js';

/**
 * A page of what nobody is left for, among the tasks of instances that the principal may read and terminate: roles, and
 * those tasks that the principal sees with their assignees. A page looks at as many tasks as its limit says, or
 * at fewer large ones, and at the others of the last instance, so it may be empty and not the last. It ends with an
 * instance, which the principal may read: among the tasks, the last one may be hidden, and a cursor would name it.
 * @throws AccessDenied `forbidden`; BadInput `bad-query`; CouldNotTell if the directory does not answer
 */
export async function findOrphans(
  { calls, reads }: Pick<CommandParts, 'calls' | 'reads'>,
  call: Call,
  input: unknown,
): Promise<Orphans> {
  const { limit, after } = parseParameters(input, ['limit', 'after']);
  const page = parsePage(limit, after, undefined);
  const scope = intersection(call.scope('instance:cancel'), call.scope('instance:read'));
  if (scope.kind === 'nothing')
    throw new AccessDenied('forbidden', 'You may not list orphaned tasks and roles.');
  const known = new KnownUsers(calls.principals);
  const found: Orphan[] = [];
  if (page.after === undefined && (await calls.holds(call.principal, 'SecurityRole:Read')))
    for (const role of call.inForce.securityRoles.unheld) found.push({ kind: 'security-role', role });
  const pending = async (query: CallerQuery, paging: Paging): Promise<UnwoundItem[]> => {
    const asked = { ...paging, bytes: LIST_BYTES };
    const plan = itemPlan(scope, NO_INSTANCE, query, asked, calls.searching);
    return plan === undefined ? [] : calls.store.instances.findItems(plan);
  };
  const seen = new Set<string>();
  const look = async (rows: readonly UnwoundItem[]): Promise<void> => {
    const shown = calls.principals.hasDirectory
      ? await reads.itemsOf(call, 'task:read', rows)
      : new Set<string>();
    const assigned = shown.size > 0 ? await reads.visibility(call, rows) : () => ({ assignees: false });
    for (const row of rows) {
      // Who may end an instance need not see who has its tasks.
      if (shown.has(row.items.id) && assigned(row).assignees) found.push(...(await orphanedTask(known, row)));
      if (!seen.has(row.id)) found.push(...orphanedRoles(row));
      seen.add(row.id);
    }
  };
  const rows = await pending(PENDING, page);
  await look(rows);
  const last = rows.length < page.limit && !isCut(rows) ? undefined : rows.at(-1);
  if (last === undefined) return { data: found, nextCursor: null };
  const ofLast = both(PENDING, parseQuery({ id: last.id }, INSTANCE_FIELDS));
  const next = ({ limit: most, after: behind }: Pick<Paging, 'limit' | 'after'>): Promise<UnwoundItem[]> =>
    pending(ofLast, { limit: most, after: behind });
  for await (const others of walk(PAGE.most, next, cursorOf, cursorOf(last))) await look(others);
  return { data: found, nextCursor: printCursor({ id: String(last._id) }) };
}
