import { compileMatch } from '../../store/bson/match.js';
import type { CommandRunner } from './command-runner.js';
import type { HostExecution } from '../model/host.js';
import { trustedItemPlan } from './host-store.js';
import type { HostModels } from './host-models.js';
import type { InnerEngine } from './inner-engine.js';
import { BadInput } from '../../core/errors.js';
import { SYSTEM_USER } from '../../core/principal.js';
import { isScalar, show } from '../../core/value.js';
import type { ThrownMessage } from '../../store/port.js';
import { newDelivery } from './new-delivery.js';

type Query = Record<string, unknown>;

interface Target {
  readonly instanceId: string;
  readonly itemId: string;
  readonly name: unknown;
}

/** Tells a sender about a target that receives its message once the sender is stored. */
interface Later {
  readonly instance: { readonly id: string; readonly name?: unknown };
}

/**
 * A model matches by values of its data. An object would be read as query operators, so that whoever supplied the
 * data could choose the receiver.
 */
function assertPlain(matching: Query): void {
  const strange = Object.keys(matching).find(
    (field) => matching[field] !== null && !isScalar(matching[field]),
  );
  if (strange !== undefined)
    throw new BadInput('bad-query', `A thrown event can match ${show(strange)} only by a plain value.`);
}

/**
 * Messages and signals thrown by models. A start event starts at once, in the thrower's command; a waiting item of
 * another instance receives the event once the thrower is stored. Each message has a receiver of its own; a signal is
 * for all that wait when it is thrown. Targets belong to the thrower's tenant.
 */
export class Correlation {
  constructor(
    private readonly runner: CommandRunner,
    private readonly models: HostModels,
    private readonly engine: InnerEngine,
  ) {}

  private get tenantId(): string | null {
    return this.runner.contexts.command?.tenantId ?? null;
  }

  /** All items that wait for it: the thrower's own instances in their live state, all others as stored. */
  private async waiting(field: 'messageId' | 'signalId', id: string, matching: Query): Promise<Target[]> {
    assertPlain(matching);
    const { command } = this.runner.contexts;
    const query = {
      ...matching,
      ...(command === undefined ? {} : { tenantId: this.tenantId }),
      [`items.${field}`]: id,
      'items.status': 'wait',
    };
    // Nothing waits in an instance that has ended, and the indexes of messages and signals have only running ones.
    const others: (Target & { readonly seq: number })[] = [];
    // All may be many, and each comes with its instance.
    for await (const rows of this.runner.hostStore.itemPages({ status: 'running', ...query }))
      for (const { instanceId, id: itemId, processName: name, seq } of rows)
        if (command?.executions.has(instanceId as string) !== true)
          others.push({ instanceId: instanceId as string, itemId: itemId as string, name, seq: Number(seq) });
    return [...this.ownWaiting(query), ...others.sort((a, b) => a.seq - b.seq)];
  }

  /** Whether the running command has a delivery for the item. */
  private isTaken(itemId: string): boolean {
    const deliveries = [...(this.runner.contexts.command?.deliveries.values() ?? [])].flat();
    return deliveries.some((delivery) => delivery.itemId === itemId);
  }

  private ownWaiting(query: Query): Target[] {
    const asked = compileMatch(trustedItemPlan(query).each);
    const executions = [...(this.runner.contexts.command?.executions.values() ?? [])];
    return executions.flatMap((execution) => {
      const { id, instance } = execution;
      const items = execution.getItems().filter((item) =>
        asked({
          ...instance,
          tenantId: instance.tenantId ?? null,
          items: (item.save as () => object).call(item),
        }),
      );
      return items.map((item) => ({ instanceId: id, itemId: item.id, name: instance.name }));
    });
  }

  /** @param message of a message, which another item may receive if this one no longer waits for it */
  private async deliver(target: Target, data: object, message?: ThrownMessage): Promise<Later> {
    const { command, acting } = this.runner.contexts;
    const from = [...(command?.executions.keys() ?? [])][0];
    if (command !== undefined && acting !== undefined && from !== undefined) {
      command.addDelivery(from, newDelivery(target.itemId, data as Record<string, unknown>, acting, message));
      return { instance: { id: target.instanceId, name: target.name } };
    }
    const starter = command?.starter ?? SYSTEM_USER.userName;
    return this.runner.onInstance(
      target.instanceId,
      SYSTEM_USER,
      () => this.engine.host.invoke({ 'items.id': target.itemId }, data, starter, {}),
      { starter },
    );
  }

  private started(event: Query, data: object): Promise<HostExecution> {
    return this.engine.start(event.modelName, data, event.elementId as string) as Promise<HostExecution>;
  }

  async message(messageId: string, data: object, matching: Query): Promise<Later | HostExecution | null> {
    if (!messageId) return null;
    const [event] = await this.models.findEvents({ 'events.messageId': messageId });
    if (event !== undefined) return this.started(event, data);
    const targets = await this.waiting('messageId', messageId, matching);
    // One that an earlier message of this command will reach waits again afterwards, if at all.
    const target = targets.find(({ itemId }) => !this.isTaken(itemId)) ?? targets[0];
    if (target === undefined) return null;
    const { tenantId } = this;
    return this.deliver(target, data, { id: messageId, tenantId, matching: Object.entries(matching) });
  }

  async signal(
    signalId: string,
    data: object,
    matching: Query,
  ): Promise<(string | { instanceId: string; itemId: string })[]> {
    const reached: (string | { instanceId: string; itemId: string })[] = [];
    if (!signalId) return reached;
    for (const event of await this.models.findEvents({ 'events.signalId': signalId })) {
      reached.push((await this.started(event, data)).instance.id);
    }
    for (const target of await this.waiting('signalId', signalId, matching)) {
      await this.deliver(target, data);
      reached.push({ instanceId: target.instanceId, itemId: target.itemId });
    }
    return reached;
  }
}
