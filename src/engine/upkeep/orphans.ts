import type { Store } from '../../store/port.js';
import { USER_TASK } from '../../core/condition/element-types.js';
import { seldom } from '../../core/recent.js';
import type { Health } from '../contract/types.js';
import { KnownUsers, orphanedTask, tenantOf } from '../enforcement/orphans.js';
import type { Principals } from '../enforcement/principals.js';
import type { PolicyBook } from '../policy-book/policy-book.js';

/** How many tasks `health` looks at, and how many tenants' roles; and how long its count stays the same. */
const MOST_TASKS = 1000;
const MOST_TENANTS = 20;
const KEPT = 60_000;

/**
 * The count of orphans for `health`: among the newest waiting tasks, and the security roles of their tenants. Counted
 * at most once a minute.
 */
export class OrphanCount {
  /** Undefined if it could not be told. */
  readonly read = seldom(KEPT, () => this.count().catch((): undefined => undefined));

  constructor(
    private readonly store: Pick<Store, 'instances'>,
    private readonly principals: Pick<Principals, 'isAssignable' | 'hasDirectory'>,
    private readonly book: Pick<PolicyBook, 'current'>,
  ) {}

  private async count(): Promise<NonNullable<Health['orphans']>> {
    const rows = await this.store.instances.findItems({
      // Nothing waits in an instance that has ended, and the index of those that have not has their order.
      before: { status: 'running', items: { $elemMatch: { type: USER_TASK, status: 'wait' } } },
      each: { 'items.type': USER_TASK, 'items.status': 'wait' },
      needsAll: false,
      limit: MOST_TASKS + 1,
    });
    const looked = rows.slice(0, MOST_TASKS);
    const known = new KnownUsers(this.principals);
    let tasks = 0;
    if (this.principals.hasDirectory)
      for (const row of looked) tasks += (await orphanedTask(known, row)).length;
    const tenants = [...new Set([null, ...looked.map(tenantOf)])];
    let roles = 0;
    for (const tenantId of tenants.slice(0, MOST_TENANTS))
      roles += (await this.book.current(tenantId)).securityRoles.unheld.length;
    return { tasks, roles, complete: rows.length <= MOST_TASKS && tenants.length <= MOST_TENANTS };
  }
}
