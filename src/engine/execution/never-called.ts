import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { SYSTEM_USER } from '../../core/principal.js';
import type { AuditEntry, InstancePlan, Store, StoredInstance } from '../../store/port.js';
import { BESIDE_GUARD } from '../../store/query/large-fields.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';
import type { GuardLogger } from '../contract/types.js';
import { terminate } from './terminate.js';

/** Writes to the audit trail; never rejects. */
export type Record = (entries: readonly Omit<AuditEntry, 'time' | 'bypass'>[]) => Promise<void>;

/** Called processes that are looked at together. */
const BATCH = 500;

/**
 * Called processes whose caller's item an unguarded host never stored: the caller starts them again, so these are
 * ended. A guard stores both together, so one of its own without a caller has lost it later, and goes on.
 */
export class NeverCalled {
  /** @param inDoubt called with the id of an instance that may be ended only in part */
  constructor(
    private readonly instances: Store['instances'],
    private readonly logger: GuardLogger,
    private readonly record: Record,
    private readonly inDoubt: (id: string) => void,
  ) {}

  /** Ends those that began before the time. */
  async end(before: Date): Promise<void> {
    const filter = {
      status: 'running',
      parentItemId: { $type: 'string' },
      startedAt: { $lt: before },
      guard: { $exists: false },
      // Follows from the line above; indexes have it, so that no other called process is read.
      'guard.format': null,
    };
    const find = (page: Partial<InstancePlan>): Promise<StoredInstance[]> =>
      this.instances.find({ filter, without: BESIDE_GUARD, ...page });
    for await (const called of walk(BATCH, find, placeOfInstance))
      for (const child of called) if (!(await this.hasCaller(child))) await this.endOne(child);
  }

  private async hasCaller({ parentItemId }: StoredInstance): Promise<boolean> {
    const found = await this.instances.findItems({
      before: { items: { $elemMatch: { id: parentItemId } } },
      each: { 'items.id': parentItemId, 'items.type': CALL_ACTIVITY },
      needsAll: false,
    });
    return found.length > 0;
  }

  private async endOne({ id: orphan, tenantId }: StoredInstance): Promise<void> {
    const ended = await terminate(this.instances, orphan, this.inDoubt);
    for (const id of ended)
      this.logger.warn('a called process without its caller was ended', { instance: id });
    await this.record(
      ended.map((id) => ({
        userName: SYSTEM_USER.userName,
        tenantId: tenantId ?? undefined,
        operation: 'instance:cancel',
        resource: { kind: 'instance', id, instanceId: id },
        answer: 'allowed',
        reason: 'a called process whose caller was never stored',
      })),
    );
  }
}
