import { SYSTEM_USER } from '../core/principal.js';
import type { Delivery, Store } from '../store/port.js';
import { changeGuard } from './commit.js';
import { isTransient } from './transient.js';
import type { CommandRunner } from './command-runner.js';
import type { Command } from './context.js';
import type { InnerEngine } from './inner-engine.js';
import type { InstanceLocks } from './locks.js';
import type { GuardLogger } from './types.js';

/**
 * Work of one instance on another: committed with its sender, done when that is stored, then taken out of the sender
 * (spec 08, 46). What a crash leaves is found at the next start.
 */
export class Deliveries {
  constructor(
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly store: Store,
    private readonly locks: InstanceLocks,
    private readonly logger: GuardLogger,
  ) {}

  /** Tries again what found the instance in use or the store away; set while the guard is put together. */
  later: (work: () => Promise<void>) => void = () => undefined;

  async ofCommand(command: Command): Promise<void> {
    for (const [from, deliveries] of command.deliveries) {
      for (const delivery of deliveries) await this.run(from, delivery);
    }
  }

  /** A failure leaves the delivery with its sender. */
  async run(from: string, delivery: Delivery): Promise<void> {
    try {
      await this.runner.contexts.outside(() => this.invokeWaiting(delivery));
      const release = await this.locks.lock(from);
      try {
        await changeGuard(this.store, from, (guard) => ({ ...guard, outbox: (guard.outbox ?? []).filter((entry) => entry.key !== delivery.key) }));
      } finally {
        await release();
      }
    } catch (error) {
      this.logger.error('a delivery between two instances is not done yet', { from, item: delivery.itemId, error: error instanceof Error ? error.message : String(error) });
      if (isTransient(error)) this.later(() => this.run(from, delivery));
    }
  }

  /** Nothing is done to an item that no longer waits: the delivery was done before, or came too late. */
  private async invokeWaiting({ itemId, data, causer }: Delivery): Promise<void> {
    const [row] = await this.runner.hostStore.findItems({ 'items.id': itemId });
    if (row === undefined || row.status !== 'wait') return;
    const work = async (_command: Command, document: { items?: { id: string; status?: string }[] }): Promise<void> => {
      if (document.items?.find((item) => item.id === itemId)?.status !== 'wait') return;
      await this.engine.host.invoke({ 'items.id': itemId }, data ?? {}, causer, {});
    };
    await this.runner.onInstance(row.instanceId as string, SYSTEM_USER, work, { starter: causer });
  }
}
