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
import { noTimeIn } from '../model/faults.js';
import { type HostBehaviour, type HostExecution, type HostItem, type HostToken } from '../model/host.js';
import { SHORTEST_CYCLE } from '../model/timer-text.js';
import { isSuspended } from './suspended.js';
import { repetitions, startToken, timeOf } from './timer-host.js';
import type { InnerEngine } from './inner-engine.js';
import type { Retries } from './retries.js';
import { waitingTimers, type Look, type WaitingTimer } from './waiting-timers.js';

/** A cycle of nothing would fire as fast as commands can run. */
function notTooSoon(time: Date | undefined): Date | undefined {
  const soonest = wallClock() + SHORTEST_CYCLE;
  return time === undefined || time.getTime() >= soonest ? time : new Date(soonest);
}

/**
 * The timers of one guard, and those of instances: boundary and intermediate events. They act as the system,
 * outside any caller's context, and end with `stop`.
 */
export class Timers {
  private readonly alarms = new Alarms();
  /** Per instance, functions that cancel the timers of its items armed here. */
  private readonly armed = new Map<string, Map<string, () => void>>();
  /** Items whose timer is firing here or has failed to fire, each with its start time. */
  private readonly fired = new Map<string, number>();

  constructor(
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly adoption: Adoption,
    private readonly retries: Retries,
    private readonly attempts: Attempts,
  ) {}

  /** Calls `fire` at the time of day, or at once if it has passed. Returns a function that cancels it. */
  arm(at: Date, fire: () => Promise<unknown>): () => void {
    return this.outside(() => this.alarms.at(at, () => void this.retries.attempt('a timer', fire)));
  }

  /** Calls `fire` after so many milliseconds, independent of the wall clock. */
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

  /** Cancels the timers of an instance, or of its items that no longer wait. */
  disarm(instanceId: string, waits: (itemId: string) => boolean = () => false): void {
    for (const [itemId, cancel] of [...(this.armed.get(instanceId) ?? [])]) if (!waits(itemId)) cancel();
  }

  /** Cancels the timers of everything that a command has ended. */
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

  /** From now on, timers that became due while the machine slept fire when it wakes. */
  watchClock(): void {
    this.outside(() => this.alarms.watch());
  }

  /** Cancels all timers; none can be armed afterwards. */
  stop(): void {
    this.alarms.stop();
  }

  /** Replaces the host's own `startTimer` for one timer event of an execution. */
  async start(behaviour: HostBehaviour, item: HostItem): Promise<void> {
    // A failed command arms nothing: it was not stored, so its item does not exist.
    if (this.runner.contexts.abandoned) return;
    const execution = item.token.execution;
    const delay = execution.server.configuration.timers?.forceTimersDelay;
    const time = delay ? new Date(wallClock() + delay) : toDate(await timeOf(behaviour, item), today());
    const due = behaviour.timeCycle === undefined || delay ? time : notTooSoon(time);
    if (due === undefined) throw noTimeIn(item.elementId, item.node.def);
    item.timeDue = due;
    const { command } = this.runner.contexts;
    const [instanceId, itemId] = [execution.id, item.id];
    // A live execution is large: it is kept while its command runs, not as long as the timer.
    let live: HostItem | undefined = item;
    void this.adoption.ended(execution).then(() => (live = undefined));
    const cancel = this.armItem(instanceId, itemId, due, () =>
      live === undefined ? this.fireItem(instanceId, itemId) : this.itemDue(live),
    );
    command?.undo.push(cancel);
  }

  /** Inside a command that is still running, the event happens there; otherwise it is a separate command. */
  private async itemDue(item: HostItem): Promise<void> {
    const { execution } = item.token;
    const running = this.adoption.commandOf(execution);
    if (running === undefined) {
      // The command that armed it may still be being stored.
      await this.adoption.ended(execution);
      return this.fireItem(execution.id, item.id);
    }
    if (item.status !== 'wait') return;
    // The command waits for it. If it were one of the execution's own promises, as upstream has it, it would wait
    // for itself.
    const signal = (): Promise<void> =>
      execution.signalItem(item.id, {}, SYSTEM_USER.userName).then(() => this.repeat(execution, item.id));
    await this.runner.contexts.runCommand(running, () =>
      running.join(this.acting(execution.id, guardOf(execution.instance).startedBy, item.id, signal)),
    );
  }

  /** Acts as the system on behalf of the instance's starter: consequences of the timer are started for that person. */
  private acting<T>(instanceId: string, startedBy: string | undefined, itemId: string, work: () => T): T {
    const actor = SYSTEM_USER.userName;
    const acting = { starter: startedBy ?? actor, actor };
    return this.runner.contexts.at({ instanceId, itemId, acting }, work);
  }

  /**
   * Fires the timer of an item if the item still waits.
   * @param alone for a timer that was firing when a process ended: no other such timer runs in this process
   */
  async fireItem(instanceId: string, itemId: string, alone = false): Promise<void> {
    this.fired.set(itemId, wallClock());
    let [found, begun] = [false, true];
    const fire = async (command: Command, document: StoredInstance): Promise<void> => {
      found = true;
      if (document.items?.find((item) => item.id === itemId)?.status !== 'wait') return;
      // What is suspended looks at its timers again when it is resumed.
      if (isSuspended(command.suspended, itemId)) return;
      begun = await this.attempts.begin(command, document, { key: itemId, work: 'timer', alone });
      if (!begun) return;
      await this.acting(instanceId, document.guard?.startedBy, itemId, async () => {
        const execution = await this.engine.host.invoke({ 'items.id': itemId }, {}, SYSTEM_USER.userName, {});
        await this.repeat(execution, itemId);
      });
    };
    await this.runner.onInstance(instanceId, SYSTEM_USER, fire).catch(async (error: unknown) => {
      if (found) await this.runner.failures.forgetAttempt(instanceId, itemId, error);
      // The timer of a deleted instance has nothing to do.
      if (found || !isGuardError(error) || error.code !== 'not-found') throw error;
    });
    // Work that belongs to other processes or is held is not retried in each pass.
    if (begun) this.fired.delete(itemId);
  }

  /** Arms a cycle with remaining repetitions again, while the element it is attached to still waits. */
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
    // Beside the fired event, not below it as upstream has it: otherwise the end of the task would not end the
    // timer.
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

  /**
   * Arms all waiting timers in the store, after a process start.
   * @param byMark look for instances that are marked, and for those without a mark, which a host without a guard or an
   * earlier release has stored; first for the latter, which may get theirs meanwhile
   */
  async resume(byMark = false): Promise<void> {
    if (!byMark) return this.resumeItems({});
    for (const mark of [null, true]) await this.resumeItems({ 'guard.timers': mark });
  }

  /** Arms the waiting timers of one instance, whatever is already armed: an item that no longer waits does not fire. */
  resumeOf(id: string): Promise<void> {
    return this.resumeItems({ id });
  }

  /** Fires timers that have been due since before that time and did not fire here: their process may have ended. */
  async takeOver(before: Date): Promise<void> {
    const overdue = await this.waiting({ 'guard.suspension': { $exists: false } }, before);
    const ids = new Set(overdue.map(({ id }) => id));
    // Timers that have fired since are not overdue yet and may still wait, so the record of the try is kept.
    for (const [id, at] of this.fired) if (at < before.getTime() && !ids.has(id)) this.fired.delete(id);
    for (const { id, instanceId } of overdue)
      if (!this.fired.has(id)) this.armItem(instanceId, id, before, () => this.fireItem(instanceId, id));
  }

  private async resumeItems(query: Look): Promise<void> {
    for (const { id, instanceId, timeDue } of await this.waiting(query))
      this.armItem(instanceId, id, timeDue, () => this.fireItem(instanceId, id));
  }
  private waiting(look: Look, before?: Date): Promise<WaitingTimer[]> {
    return waitingTimers(this.runner.hostStore, look, before);
  }
}
