import type { StoredInstance, UnwoundItem } from '../../store/port.js';
import type { Orphan } from '../contract/types.js';
import { namesIn } from '../model/names.js';
import type { Principals } from './principals.js';

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

export const tenantOf = ({ tenantId }: Pick<StoredInstance, 'tenantId'>): string | null =>
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
