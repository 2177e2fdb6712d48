import type { Store, StoredInstance, UnwoundItem } from '../../store/port.js';
import { USER_TASK } from '../../core/element-types.js';
import { seldom } from '../../core/recent.js';
import type { Health, Orphan } from '../contract/types.js';
import type { Principals } from '../enforcement/principals.js';
import { namesIn } from '../model/derive.js';
import type { PolicyBook } from '../policies/policy-book.js';

/** How many tasks `health` looks at, and how many tenants' roles; and how long its count stays the same. */
const MOST_TASKS = 1000;
const MOST_TENANTS = 20;
const KEPT = 60_000;

/** Whether names are users who can work; each name is looked up once. */
export class KnownUsers {
  private readonly asked = new Map<string, Promise<boolean>>();

  constructor(private readonly principals: Pick<Principals, 'isAssignable'>) {}

  /** @throws CouldNotTell if the directory does not answer */
  has(name: string, tenantId: string | null): Promise<boolean> {
    const key = JSON.stringify([tenantId, name]);
    const known = this.asked.get(key);
    if (known !== undefined) return known;
    const asked = this.principals.isAssignable(name, tenantId);
    this.asked.set(key, asked);
    return asked;
  }
}

const tenantOf = ({ tenantId }: Pick<StoredInstance, 'tenantId'>): string | null =>
  typeof tenantId === 'string' ? tenantId : null;

/** The task of a row, if its assignee is gone or disabled. @throws CouldNotTell if the directory does not answer */
export async function orphanedTask(known: KnownUsers, row: UnwoundItem): Promise<Orphan[]> {
  const [assignee] = namesIn(row.items.assignee);
  if (assignee === undefined || (await known.has(assignee, tenantOf(row)))) return [];
  const { id: itemId, elementId } = row.items;
  const task = { kind: 'task', instanceId: row.id, itemId, assignee } as const;
  return [{ ...task, modelName: row.name ?? '', ...(elementId === undefined ? {} : { elementId }) }];
}

/** The roles of an instance that nobody holds. */
export function orphanedRoles({ id, name, guard }: Pick<StoredInstance, 'id' | 'name' | 'guard'>): Orphan[] {
  const roles = Object.entries(
    (guard?.caseRoles ?? {}) as Record<string, { users?: unknown; groups?: unknown } | null>,
  );
  return roles.flatMap(([role, holders]): Orphan[] =>
    namesIn(holders?.users).length + namesIn(holders?.groups).length > 0
      ? []
      : [{ kind: 'case-role', instanceId: id, modelName: name ?? '', role }],
  );
}

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
