import { SYSTEM_USER } from '../../core/principal.js';
import type { Delivery, Store, StoredInstance } from '../../store/port.js';
import type { Attempts } from './attempts.js';
import { changeGuard } from './change-guard.js';
import type { CommandRunner } from './command-runner.js';
import type { Command } from './command.js';
import type { InnerEngine } from './inner-engine.js';
import type { InstanceLocks } from './locks.js';
import { isSuspended } from './suspended.js';
import type { Retries } from './retries.js';

/**
 * Work of one instance on another: committed with its sender, performed once that is stored, then removed from the
 * sender. Deliveries left by a crash are found at the next start.
 */
export class Deliveries {
  constructor(
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly store: Store,
    private readonly locks: InstanceLocks,
    private readonly retries: Retries,
    private readonly attempts: Attempts,
  ) {}

  async ofCommand(command: Command): Promise<void> {
    for (const [from, deliveries] of command.deliveries) {
      for (const delivery of deliveries) await this.run(from, delivery, false, command.stepsTaken);
    }
  }

  /**
   * A failed delivery stays with its sender; a transient failure is retried.
   * @param stepsBefore steps taken by the commands that led to it: instances that send each other messages for ever
   * exceed the limit like a model that never waits
   */
  async run(from: string, delivery: Delivery, resumed = false, stepsBefore = 0): Promise<void> {
    await this.retries.attempt(
      'a delivery between two instances',
      () => this.deliver(from, delivery, resumed, stepsBefore),
      {
        from,
        item: delivery.itemId,
      },
    );
  }

  private async deliver(
    from: string,
    delivery: Delivery,
    resumed: boolean,
    stepsBefore: number,
  ): Promise<void> {
    const done = await this.runner.contexts.outside(() => this.invokeWaiting(delivery, resumed, stepsBefore));
    if (!done) return;
    const release = await this.locks.lock(from);
    let failure: unknown;
    try {
      await changeGuard(this.store, from, (guard) => ({
        ...guard,
        outbox: (guard.outbox ?? []).filter((entry) => entry.key !== delivery.key),
      }));
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await release(failure);
    }
  }

  /**
   * An item that no longer waits is left alone: the delivery was done before or came too late.
   * @returns false if it is held, or its receiver is suspended
   */
  private async invokeWaiting(
    { itemId, data, causer, actor = causer }: Delivery,
    resumed: boolean,
    stepsBefore: number,
  ): Promise<boolean> {
    const [row] = await this.runner.hostStore.findItems({ 'items.id': itemId });
    if (row === undefined || row.status !== 'wait') return true;
    const instanceId = row.instanceId as string;
    let begun = true;
    const work = async (command: Command, document: StoredInstance): Promise<void> => {
      if (document.items?.find((item) => item.id === itemId)?.status !== 'wait') return;
      // It stays with its sender until the receiver is resumed.
      if (isSuspended(command.suspended, itemId)) {
        begun = false;
        return;
      }
      begun = await this.attempts.begin(command, document, {
        key: itemId,
        work: 'delivery',
        alone: resumed,
      });
      if (!begun) return;
      const acting = { starter: causer, actor };
      await this.runner.contexts.at({ instanceId, itemId, acting }, () =>
        this.engine.host.invoke({ 'items.id': itemId }, data ?? {}, actor, {}),
      );
    };
    await this.runner
      .onInstance(instanceId, SYSTEM_USER, work, { starter: causer, stepsBefore })
      .catch(async (error: unknown) => {
        if (begun) await this.runner.failures.forgetAttempt(instanceId, itemId, error);
        throw error;
      });
    return begun;
  }
}
