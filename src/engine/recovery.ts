import { SYSTEM_USER } from '../core/principal.js';
import type { Store, StoredInstance } from '../store/port.js';
import { guardOf } from './commit.js';
import type { CommandRunner } from './command-runner.js';
import type { Deliveries } from './deliveries.js';
import type { HostExecution, HostToken } from './host.js';
import type { InnerEngine } from './inner-engine.js';
import { LEASE } from './locks.js';
import type { Timers } from './timers.js';
import type { GuardLogger } from './types.js';

const CALL_ACTIVITY = 'bpmn:CallActivity';

/** Instances with work that a crash can have left undone; also what `health` counts. */
export const UNFINISHED = Object.freeze({ 'guard.unfinished': true });
/** A caller that is still at work is stored later than its called processes, by less than this; in milliseconds. */
const CALLER_MAY_TAKE = LEASE;

/**
 * Finishes, at the start of a process, what the end of another left between two commits (spec 08, 46): deliveries that
 * were not done, `noWait` work that had not settled, called processes of a caller that was never stored.
 */
export class Recovery {
  constructor(
    private readonly runner: CommandRunner,
    private readonly deliveries: Deliveries,
    private readonly engine: InnerEngine,
    private readonly timers: Timers,
    private readonly store: Store,
    private readonly logger: GuardLogger,
  ) {}

  async run(): Promise<void> {
    for (const instance of await this.store.instances.find({ filter: UNFINISHED, without: ['source', 'svg', 'logs'] })) {
      await this.finish(instance).catch((error: unknown) => this.logger.error('an instance could not be recovered', { instance: instance.id, error: String(error) }));
    }
    await this.endOrphans(new Date(Date.now() - CALLER_MAY_TAKE));
    const since = new Date();
    this.timers.arm(new Date(Date.now() + CALLER_MAY_TAKE), () => this.endOrphans(since));
  }

  private async finish(instance: StoredInstance): Promise<void> {
    if (instance.guard?.busy === true) await this.resume(instance.id);
    for (const delivery of instance.guard?.outbox ?? []) await this.deliveries.run(instance.id, delivery);
  }

  /** Takes background work up again from its last stored state; a service may run a second time. */
  private async resume(id: string): Promise<void> {
    await this.runner.onInstance(id, SYSTEM_USER, async (command, document) => {
      if (document.guard?.busy !== true) return;
      const execution = await this.engine.live(id);
      delete guardOf(execution.instance).busy;
      command.executions.set(id, execution);
      for (const token of [...execution.tokens.values()]) await this.goOn(execution, token);
      await (execution.checkEnd as () => Promise<void>)();
      await Promise.all(execution.promises);
      await execution.save();
    });
  }

  private async goOn(execution: HostExecution, token: HostToken): Promise<void> {
    const item = token.currentItem;
    if (item === undefined || token.status !== 'running') return;
    if (item.status === 'end') await token.goNext();
    else if (item.status === 'enter' || item.status === 'start') await execution.signalItem(item.id, {}, SYSTEM_USER.userName, { recover: true });
  }

  /** Called processes whose caller's item was never stored: the caller starts them again, so these are ended. */
  private async endOrphans(before: Date): Promise<void> {
    const called = await this.store.instances.find({ filter: { status: 'running', parentItemId: { $type: 'string' }, startedAt: { $lt: before } }, without: ['source', 'svg', 'logs'] });
    for (const child of called) {
      const [caller] = await this.store.instances.findItems({ before: { items: { $elemMatch: { id: child.parentItemId } } }, each: { 'items.id': child.parentItemId, 'items.type': CALL_ACTIVITY }, needsAll: false });
      if (caller !== undefined) continue;
      await this.store.instances.update(child.id, child.guard?.rev, { status: 'terminated', endedAt: new Date(), guard: { ...child.guard, rev: (child.guard?.rev ?? 0) + 1 } });
      this.logger.warn('a called process without its caller was ended', { instance: child.id });
    }
  }
}
