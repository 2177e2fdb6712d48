import { SYSTEM_USER } from '../../core/principal.js';
import type { Delivery, Store, StoredInstance, StoredItem, ThrownMessage } from '../../store/port.js';
import type { Attempts } from './attempts.js';
import { changeGuard } from './change-guard.js';
import type { CommandRunner } from './command-runner.js';
import type { Command } from './command.js';
import type { InnerEngine } from './inner-engine.js';
import { keptFor } from './kept.js';
import type { InstanceLocks } from './locks.js';
import { receiversOfMessage } from './receivers.js';
import type { GuardLogger } from '../contract/types.js';
import { isSuspended } from './suspended.js';
import type { Retries } from './retries.js';

type Outcome = 'done' | 'gone' | 'later';

/**
 * Work of one instance on another: committed with its sender, performed once that is stored, then removed from the
 * sender. Deliveries left by a crash are found at the next start. A message whose receiver no longer waits when its
 * turn comes goes to another one, or stays with its sender; a signal and the end of a called process came too late.
 */
export class Deliveries {
  constructor(
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly store: Store,
    private readonly locks: InstanceLocks,
    private readonly retries: Retries,
    private readonly attempts: Attempts,
    private readonly logger: GuardLogger,
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
    const tried = new Set<string>();
    let current: Delivery | undefined = delivery;
    while (current !== undefined) {
      const next: Delivery = current;
      tried.add(next.itemId);
      const outcome = await this.runner.contexts.outside(() =>
        this.invokeWaiting(next, resumed, stepsBefore),
      );
      if (outcome === 'later') return;
      if (outcome === 'done' || next.message === undefined)
        return this.change(from, (outbox) => outbox.filter(({ key }) => key !== next.key));
      current = await this.redirected(from, next, next.message, tried);
    }
  }

  /** Changes what is left to deliver of a sender, under its lock. */
  private async change(from: string, change: (outbox: readonly Delivery[]) => Delivery[]): Promise<void> {
    const release = await this.locks.lock(from);
    let failure: unknown;
    try {
      await changeGuard(this.store, from, (guard) => ({ ...guard, outbox: change(guard.outbox ?? []) }));
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await release(failure);
    }
  }

  /**
   * A message whose receiver no longer waits, with another one. It is stored with the sender first: after a crash it
   * must not look for a third one.
   * @returns undefined if nobody waits for it, or if it no longer has to be delivered
   */
  private async redirected(
    from: string,
    delivery: Delivery,
    message: ThrownMessage,
    tried: ReadonlySet<string>,
  ): Promise<Delivery | undefined> {
    const { key } = delivery;
    const ids = await this.runner.contexts.outside(() => receiversOfMessage(this.runner.hostStore, message));
    const other = ids.find((id) => !tried.has(id));
    if (other === undefined) {
      this.logger.warn('a message stays with its sender: nobody waits for it any more', {
        from,
        message: message.id,
      });
      return undefined;
    }
    let [stored, known]: [boolean, Delivery | undefined] = [false, undefined];
    await this.change(from, (outbox) => {
      stored = true;
      // Another process may have delivered it meanwhile, or found a receiver.
      const mine = outbox.find((entry) => entry.key === key);
      known = mine && { ...mine, itemId: tried.has(mine.itemId) ? other : mine.itemId };
      return outbox.map((entry) => (entry.key === key ? (known as Delivery) : entry));
    });
    // A sender that has been deleted keeps nothing.
    return stored ? known : { ...delivery, itemId: other };
  }

  /**
   * Lets the item receive the delivery, if it waits. `done`: it has received it, now or before. `gone`: it no longer
   * waits for it. `later`: it is held, or its receiver is suspended.
   */
  private async invokeWaiting(
    { key, itemId, data, causer, actor = causer, message }: Delivery,
    resumed: boolean,
    stepsBefore: number,
  ): Promise<Outcome> {
    const unable = (item: Pick<StoredItem, 'status' | 'guard'> | undefined): Outcome | undefined => {
      if (message !== undefined && item?.guard?.received === key) return 'done';
      return item?.status === 'wait' ? undefined : 'gone';
    };
    const [row] = await this.runner.hostStore.findItems({ 'items.id': itemId });
    const before = unable(row);
    if (row === undefined || before !== undefined) return before ?? 'gone';
    const instanceId = row.instanceId as string;
    let outcome: Outcome = 'done';
    const work = async (command: Command, document: StoredInstance): Promise<void> => {
      const now = unable(document.items?.find((item) => item.id === itemId));
      if (now !== undefined) {
        outcome = now;
        return;
      }
      // It stays with its sender until the receiver is resumed.
      const isFree = !isSuspended(command.suspended, itemId);
      const attempt = { key: itemId, work: 'delivery', alone: resumed } as const;
      if (!isFree || !(await this.attempts.begin(command, document, attempt))) {
        outcome = 'later';
        return;
      }
      const acting = { starter: causer, actor };
      const execution = await this.runner.contexts.at({ instanceId, itemId, acting }, () =>
        this.engine.host.invoke({ 'items.id': itemId }, data ?? {}, actor, {}),
      );
      if (message !== undefined) keptFor(execution, itemId).received = key;
    };
    await this.runner
      .onInstance(instanceId, SYSTEM_USER, work, { starter: causer, stepsBefore })
      .catch(async (error: unknown) => {
        if (outcome === 'done') await this.runner.failures.forgetAttempt(instanceId, itemId, error);
        throw error;
      });
    return outcome;
  }
}
