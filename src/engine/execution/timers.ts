import { today, wallClock } from '../../core/clock.js';
import { isGuardError } from '../../core/errors.js';
import { SYSTEM_USER } from '../../core/principal.js';
import type { StoredInstance } from '../../store/port.js';
import type { CommandRunner } from './command-runner.js';
import type { Attempts } from './attempts.js';
import { Alarms } from './alarms.js';
import type { Adoption } from './adoption.js';
import { guardOf } from './commit.js';
import { keptFor } from './kept.js';
import type { Command } from './command.js';
import { toDate } from '../model/due-date.js';
import { type HostBehaviour, type HostExecution, type HostItem, type HostToken } from '../model/host.js';
import { repetitions, startToken, timeOf } from './timer-host.js';
import type { InnerEngine } from './inner-engine.js';
import type { Retries } from './retries.js';

/**
 * The timers of one guard, and those of instances: boundary and intermediate events. They act as the system, in no
 * caller's context, and are gone with `stop`.
 */
export class Timers {
  private readonly alarms = new Alarms();
  /** Of each instance, what takes back the timers of its items that are armed here. */
  private readonly armed = new Map<string, Map<string, () => void>>();
  /** Items whose timer is firing here, or has failed to, each with the time when it began to. */
  private readonly fired = new Map<string, number>();

  constructor(
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly adoption: Adoption,
    private readonly retries: Retries,
    private readonly attempts: Attempts,
  ) {}

  /** Calls `fire` at that time of day, at once when it has passed; returns what takes it back. */
  arm(at: Date, fire: () => Promise<unknown>): () => void {
    return this.outside(() => this.alarms.at(at, () => void this.retries.attempt('a timer', fire)));
  }

  /** Calls `fire` when so many milliseconds have passed, whatever becomes of the wall clock. */
  after(ms: number, fire: () => Promise<unknown>): () => void {
    return this.outside(() => this.alarms.after(ms, () => void this.retries.attempt('a timer', fire)));
  }

  private armItem(instanceId: string, itemId: string, at: Date, fire: () => Promise<unknown>): () => void {
    const items = this.armed.get(instanceId) ?? new Map<string, () => void>();
    this.armed.set(instanceId, items);
    items.get(itemId)?.();
    const forget = (): void => {
      if (items.get(itemId) === cancel) items.delete(itemId);
      if (items.size === 0 && this.armed.get(instanceId) === items) this.armed.delete(instanceId);
    };
    const alarm = this.arm(at, () => {
      forget();
      return fire();
    });
    const cancel = (): void => {
      alarm();
      forget();
    };
    items.set(itemId, cancel);
    return cancel;
  }

  /** Takes back the timers of an instance, or of those of its items that do not wait any more. */
  disarm(instanceId: string, waits: (itemId: string) => boolean = () => false): void {
    for (const [itemId, cancel] of [...(this.armed.get(instanceId) ?? [])]) if (!waits(itemId)) cancel();
  }

  /** Takes back the timers of what a command has ended. */
  disarmEnded({ executions }: Command): void {
    for (const [id, execution] of executions) {
      if (!this.armed.has(id)) continue;
      const waiting = new Set(
        execution.getItems().flatMap((item) => (item.status === 'wait' ? [item.id] : [])),
      );
      this.disarm(id, (itemId) => execution.instance.status !== 'end' && waiting.has(itemId));
    }
  }

  private outside<T>(work: () => T): T {
    return this.runner.contexts.outside(work);
  }

  /** From here on what a sleep of the machine has made overdue fires when it wakes. */
  watchClock(): void {
    this.outside(() => this.alarms.watch());
  }

  /** Takes all timers back; none is armed afterwards. */
  stop(): void {
    this.alarms.stop();
  }

  /** Takes the place of the host's own `startTimer` for one timer event of an execution. */
  async start(behaviour: HostBehaviour, item: HostItem): Promise<void> {
    // A failed command arms nothing: it was not stored, and its item does not exist.
    if (this.runner.contexts.abandoned) return;
    const execution = item.token.execution;
    const delay = execution.server.configuration.timers?.forceTimersDelay;
    const due = delay ? new Date(wallClock() + delay) : toDate(await timeOf(behaviour, item), today());
    if (due === undefined) throw new Error(`The timer ${item.elementId} has no valid time.`);
    item.timeDue = due;
    const { command } = this.runner.contexts;
    const [instanceId, itemId] = [execution.id, item.id];
    // A live execution is large: it is held while its command runs, not for as long as the timer.
    let live: HostItem | undefined = item;
    void this.adoption.ended(execution).then(() => (live = undefined));
    const cancel = this.armItem(instanceId, itemId, due, () =>
      live === undefined ? this.fireItem(instanceId, itemId) : this.itemDue(live),
    );
    command?.undo.push(cancel);
  }

  /** Inside a command that is still running, the event happens there; else it is a command of its own. */
  private async itemDue(item: HostItem): Promise<void> {
    const { execution } = item.token;
    const running = this.adoption.commandOf(execution);
    if (running === undefined) {
      // What armed it may still be on its way to the store.
      await this.adoption.ended(execution);
      return this.fireItem(execution.id, item.id);
    }
    if (item.status !== 'wait') return;
    // The command waits for it; among the execution's own promises it would wait for itself, as upstream does.
    const signal = (): Promise<void> =>
      execution.signalItem(item.id, {}, SYSTEM_USER.userName).then(() => this.repeat(execution, item.id));
    await this.runner.contexts.runCommand(running, () =>
      running.join(this.acting(execution.id, guardOf(execution.instance).startedBy, item.id, signal)),
    );
  }

  /** The system acts, for who started the instance: what follows from the timer is started for that person. */
  private acting<T>(instanceId: string, startedBy: string | undefined, itemId: string, work: () => T): T {
    const actor = SYSTEM_USER.userName;
    const acting = { starter: startedBy ?? actor, actor };
    return this.runner.contexts.at({ instanceId, itemId, acting }, work);
  }

  /**
   * The timer of an item fires, if the item still waits.
   * @param alone of a timer that was firing when a process ended: nothing else of that kind runs in this process
   */
  async fireItem(instanceId: string, itemId: string, alone = false): Promise<void> {
    this.fired.set(itemId, wallClock());
    let [found, begun] = [false, true];
    const fire = async (_command: Command, document: StoredInstance): Promise<void> => {
      found = true;
      if (document.items?.find((item) => item.id === itemId)?.status !== 'wait') return;
      begun = await this.attempts.begin(document, itemId, 'timer', alone);
      if (!begun) return;
      await this.acting(instanceId, document.guard?.startedBy, itemId, async () => {
        const execution = await this.engine.host.invoke({ 'items.id': itemId }, {}, SYSTEM_USER.userName, {});
        await this.repeat(execution, itemId);
      });
    };
    await this.runner.onInstance(instanceId, SYSTEM_USER, fire).catch(async (error: unknown) => {
      if (found) await this.runner.failures.forgetAttempt(instanceId, itemId, error);
      // The timer of an instance that was deleted has nothing to do.
      if (found || !isGuardError(error) || error.code !== 'not-found') throw error;
    });
    // What is left to others or held back is not tried at each look.
    if (begun) this.fired.delete(itemId);
  }

  /** A cycle with repetitions left gets a new timer, while what it is attached to still waits. */
  private async repeat(execution: HostExecution, itemId: string): Promise<void> {
    const item = execution.getItems().find((entry) => entry.id === itemId);
    const timer = [...(item?.node.behaviours.values() ?? [])].find(
      (behaviour) => behaviour.timeCycle !== undefined,
    );
    if (item === undefined || timer === undefined || execution.instance.status === 'end') return;
    const count = Number(keptFor(execution, itemId).timerCount ?? 0) + 1;
    if (!((await repetitions(timer, item)) > count)) return;
    const { parentToken, originItem } = item.token as { parentToken?: HostToken; originItem?: HostItem };
    const attached = item.type === 'bpmn:BoundaryEvent';
    if (attached && originItem?.status !== 'wait') return;
    // Beside the event that has fired, not below it as upstream has it: else the end of the task would not
    // end the timer.
    const [parent, origin] = attached ? [parentToken, originItem] : [item.token, item];
    const token = await startToken(
      'BoundaryEvent',
      execution,
      item.node,
      null,
      parent ?? null,
      origin ?? null,
      null,
    );
    const fresh = token.currentItem;
    if (fresh !== undefined) keptFor(execution, fresh.id).timerCount = count;
    await execution.save();
  }

  /** Arms what waits in the store: after a start of the process. */
  resume(): Promise<void> {
    return this.resumeItems({});
  }

  /** Arms what waits in one instance, whatever is armed already: an item that no longer waits does not fire. */
  resumeOf(id: string): Promise<void> {
    return this.resumeItems({ id });
  }

  /** Fires what has been due since before that time and was not fired here: whoever armed it may have ended. */
  async takeOver(before: Date): Promise<void> {
    const overdue = await this.waiting({ status: 'running' }, { $lt: before });
    const ids = new Set(overdue.map(({ id }) => id));
    // What has fired since is not overdue yet, and may still wait: it is no reason to forget that it was tried.
    for (const [id, at] of this.fired) if (at < before.getTime() && !ids.has(id)) this.fired.delete(id);
    for (const { id, instanceId } of overdue)
      if (!this.fired.has(id)) this.armItem(instanceId, id, before, () => this.fireItem(instanceId, id));
  }

  private async resumeItems(query: { readonly id?: string }): Promise<void> {
    for (const { id, instanceId, timeDue } of await this.waiting(query, {}))
      this.armItem(instanceId, id, timeDue, () => this.fireItem(instanceId, id));
  }

  private async waiting(
    query: { readonly id?: string; readonly status?: string },
    due: { readonly $lt?: Date },
  ): Promise<{ id: string; instanceId: string; timeDue: Date }[]> {
    const rows = await this.runner.hostStore.findItems({
      ...query,
      'items.timeDue': { $type: 'date', ...due },
      'items.status': 'wait',
    });
    return rows as { id: string; instanceId: string; timeDue: Date }[];
  }
}
