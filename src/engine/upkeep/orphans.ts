import type { Paging, Store, UnwoundItem } from '../../store/port.js';
import { cursorOf } from '../../store/query/item-order.js';
import { walk } from '../../store/query/walk.js';
import { USER_TASK } from '../../core/condition/element-types.js';
import { seldom } from '../../core/recent.js';
import type { Health } from '../contract/types.js';
import { KnownUsers, orphanedTask, tenantOf } from '../enforcement/orphans.js';
import { LIST_BYTES } from '../enforcement/paging.js';
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
    const known = new KnownUsers(this.principals);
    const tenants = new Set<string | null>([null]);
    let [looked, tasks] = [0, 0];
    for await (const rows of walk(MOST_TASKS + 1, (page) => this.page(page), cursorOf)) {
      for (const row of rows.slice(0, MOST_TASKS - looked)) {
        tenants.add(tenantOf(row));
        if (this.principals.hasDirectory) tasks += (await orphanedTask(known, row)).length;
      }
      looked += rows.length;
      if (looked > MOST_TASKS) break;
    }
    let roles = 0;
    for (const tenantId of [...tenants].slice(0, MOST_TENANTS))
      roles += (await this.book.current(tenantId)).securityRoles.unheld.length;
    return { tasks, roles, complete: looked <= MOST_TASKS && tenants.size <= MOST_TENANTS };
  }

  /** The newest first; a page has fewer rows where their instances are large. */
  private page({ limit, after }: Pick<Paging, 'limit' | 'after'>): Promise<UnwoundItem[]> {
    return this.store.instances.findItems({
      // Nothing waits in an instance that has ended, and the index of those that have not has their order.
      before: { status: 'running', items: { $elemMatch: { type: USER_TASK, status: 'wait' } } },
      each: { 'items.type': USER_TASK, 'items.status': 'wait' },
      needsAll: false,
      limit,
      bytes: LIST_BYTES,
      after,
    });
  }
}
