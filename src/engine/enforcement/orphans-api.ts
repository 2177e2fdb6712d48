import { NOTHING } from '../../core/condition/condition.js';
import { AccessDenied } from '../../core/errors.js';
import { intersection, scopeOf } from '../../core/decision/scope.js';
import { isCut } from '../../store/query/budget.js';
import { itemPlan } from '../../store/query/scoped-query.js';
import type { Orphan, Orphans } from '../contract/types.js';
import { KnownUsers, orphanedRoles, orphanedTask } from './orphans.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import { LIST_BYTES, parsePage, parseParameters, printCursor } from './paging.js';
import { cursorOf } from '../../store/query/item-order.js';
import { PENDING } from './data-api.js';

/**
 * A page of what nobody is left for, among the tasks of instances that the principal may read and terminate: roles, and
 * those tasks that the principal sees with their assignees. A page looks at as many tasks as its limit says, or
 * at fewer large ones, so it may be empty and not the last.
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
  const paging = { ...page, bytes: LIST_BYTES };
  const plan = itemPlan(scope, scopeOf(NOTHING), PENDING, paging, calls.searching);
  const rows = plan === undefined ? [] : await calls.store.instances.findItems(plan);
  const seen = new Set<string>();
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
  const last = rows.length < page.limit && !isCut(rows) ? undefined : rows.at(-1);
  return { data: found, nextCursor: last === undefined ? null : printCursor(cursorOf(last)) };
}
