import { SYSTEM_USER } from '../../core/principal.js';
import type { Store, StoredModel } from '../../store/port.js';
import type { CommandRunner } from './command-runner.js';
import { keptFor, type Adoption } from './adoption.js';
import type { Command } from './context.js';
import { toDate } from '../model/due-date.js';
import { bpmn, type HostBehaviour, type HostExecution, type HostItem, type HostNode, type HostToken } from '../model/host.js';
import type { InnerEngine } from './inner-engine.js';
import type { Retries } from './retries.js';

/** The longest that setTimeout can hold, in milliseconds; longer waits are re-armed in steps (spec 08, 25). */
const LONGEST = 2 ** 31 - 1;

type StartToken = (type: string, execution: HostExecution, node: HostNode, dataPath: null, parent: HostToken | null, origin: HostItem | null, loop: null) => Promise<HostToken>;
const startToken: StartToken = (...args) => (bpmn.Token as unknown as { startNewToken: StartToken }).startNewToken(...args);

/** Upstream keeps in the definition what an expression of one item came to; a copy forgets it. */
const copyOf = (timer: HostBehaviour): HostBehaviour => Object.assign(Object.create(Object.getPrototypeOf(timer) as object) as HostBehaviour, timer);
const timeOf = (timer: HostBehaviour, item: HostItem): Promise<unknown> => copyOf(timer).timeDue?.(item, null) ?? Promise.resolve(undefined);

/** How far the start of a model by a timer has come, over its tries. */
interface Claim {
  at?: number;
  scheduled: boolean;
  command?: Command;
}

/** How often a timer fires in all: of a cycle such as `R3/PT1H`, three times. */
async function repetitions(timer: HostBehaviour, item: HostItem): Promise<number> {
  const copy = copyOf(timer);
  await copy.timeDue?.(item, null);
  return Number(copy.repeat);
}

/**
 * All timers of one guard: boundary and intermediate timers of instances, and timer start events of models. They act as
 * the system, in no caller's context, and are gone with `stop`.
 */
export class Timers {
  private readonly handles = new Map<symbol, NodeJS.Timeout>();
  private readonly models = new Map<string, () => void>();
  private stopped = false;

  constructor(
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly store: Store,
    private readonly adoption: Adoption,
    private readonly retries: Retries,
  ) {}

  /** Calls `fire` at that time, at once when it has passed; returns what takes it back. */
  arm(at: Date, fire: () => Promise<unknown>): () => void {
    if (this.stopped) return () => undefined;
    const key = Symbol('timer');
    const step = (): void => {
      const left = at.getTime() - Date.now();
      const done = left <= LONGEST;
      const next = (): void => {
        if (!done) return step();
        this.handles.delete(key);
        void this.retries.attempt('a timer', fire);
      };
      this.handles.set(key, setTimeout(next, Math.max(0, Math.min(left, LONGEST))));
    };
    this.runner.contexts.outside(step);
    return () => {
      clearTimeout(this.handles.get(key));
      this.handles.delete(key);
    };
  }

  /** Takes all timers back; none is armed afterwards. */
  stop(): void {
    this.stopped = true;
    for (const handle of this.handles.values()) clearTimeout(handle);
    this.handles.clear();
    this.models.clear();
  }

  /** Takes the place of the host's own `startTimer` for one timer event of an execution. */
  async start(behaviour: HostBehaviour, item: HostItem): Promise<void> {
    const execution = item.token.execution;
    const delay = execution.server.configuration.timers?.forceTimersDelay;
    const due = delay ? new Date(Date.now() + delay) : toDate(await timeOf(behaviour, item), new Date());
    if (due === undefined) throw new Error(`The timer ${item.elementId} has no valid time.`);
    item.timeDue = due;
    const { command } = this.runner.contexts;
    const cancel = this.arm(due, () => this.itemDue(execution, item));
    command?.undo.push(cancel);
  }

  /** Inside a command that is still running, the event happens there; else it is a command of its own. */
  private async itemDue(execution: HostExecution, item: HostItem): Promise<void> {
    const running = this.adoption.commandOf(execution);
    if (running === undefined) {
      // What armed it may still be on its way to the store.
      await this.adoption.ended(execution);
      return this.fireItem(execution.id, item.id);
    }
    if (item.status !== 'wait') return;
    // The command waits for it; among the execution's own promises it would wait for itself, as upstream does.
    await this.runner.contexts.runCommand(running, () => running.join(execution.signalItem(item.id, {}, SYSTEM_USER.userName).then(() => this.repeat(execution, item.id))));
  }

  private async fireItem(instanceId: string, itemId: string): Promise<void> {
    await this.runner.onInstance(instanceId, SYSTEM_USER, async (_command, document) => {
      if (document.items?.find((item) => item.id === itemId)?.status !== 'wait') return;
      const execution = await this.engine.host.invoke({ 'items.id': itemId }, {}, SYSTEM_USER.userName, {});
      await this.repeat(execution, itemId);
    });
  }

  /** A cycle with repetitions left gets a new timer, while what it is attached to still waits. */
  private async repeat(execution: HostExecution, itemId: string): Promise<void> {
    const item = execution.getItems().find((entry) => entry.id === itemId);
    const timer = [...(item?.node.behaviours.values() ?? [])].find((behaviour) => behaviour.timeCycle !== undefined);
    if (item === undefined || timer === undefined || execution.instance.status === 'end') return;
    const count = Number(keptFor(execution, itemId).timerCount ?? 0) + 1;
    if (!((await repetitions(timer, item)) > count)) return;
    const { parentToken, originItem } = item.token as { parentToken?: HostToken; originItem?: HostItem };
    const attached = item.type === 'bpmn:BoundaryEvent';
    if (attached && originItem?.status !== 'wait') return;
    // Beside the event that has fired, not below it as upstream has it: else the end of the task would not end the timer.
    const [parent, origin] = attached ? [parentToken, originItem] : [item.token, item];
    const token = await startToken('BoundaryEvent', execution, item.node, null, parent ?? null, origin ?? null, null);
    const fresh = token.currentItem;
    if (fresh !== undefined) keptFor(execution, fresh.id).timerCount = count;
    await execution.save();
  }

  /** Arms what waits in the store: after a start of the process. */
  async resume(): Promise<void> {
    await this.resumeItems({});
    for (const model of await this.store.models.find({}, { without: ['source', 'svg'] })) this.schedule(model);
  }

  /** Arms what waits in one instance, whatever is armed already: an item that no longer waits does not fire. */
  resumeOf(id: string): Promise<void> {
    return this.resumeItems({ id });
  }

  private async resumeItems(query: { readonly id?: string }): Promise<void> {
    const rows = await this.runner.hostStore.findItems({ ...query, 'items.timeDue': { $type: 'date' }, 'items.status': 'wait' });
    for (const { id, instanceId, timeDue } of rows) {
      const due = toDate(timeDue, new Date());
      if (due !== undefined) this.arm(due, () => this.fireItem(instanceId as string, id as string));
    }
  }

  /** Arms the timer start events of a model, in the place of those it had. */
  schedule(model: Pick<StoredModel, 'name' | 'owner' | 'events'>): void {
    const { name, owner = null, events = [] } = model;
    for (const event of events.filter((entry) => entry.subType === 'Timer' && typeof entry.expression === 'string')) {
      const key = JSON.stringify([owner, name, event.elementId]);
      this.models.get(key)?.();
      const seconds = (bpmn.Cron as unknown as { timeDue(expression: string, reference: number | null): number | null }).timeDue(event.expression as string, (event.referenceDateTime as number | undefined) ?? null);
      if (seconds === null || Number.isNaN(seconds)) continue;
      const due = new Date(Date.now() + Math.max(seconds * 1000, 100));
      const claim: Claim = { scheduled: false };
      this.models.set(key, this.arm(due, () => this.startModel(name, owner, event.elementId as string, event.referenceDateTime, claim)));
    }
  }

  /** Takes the timer start events of a model back. */
  unschedule(name: string, owner: string | null): void {
    for (const [key, cancel] of this.models) {
      const [ofOwner, ofName] = JSON.parse(key) as [string | null, string];
      if (ofOwner !== owner || ofName !== name) continue;
      cancel();
      this.models.delete(key);
    }
  }

  /** Where the answer to a change of a model was lost: what is stored decides which of its timers there are. */
  refreshSoon(name: string, owner: string | null): void {
    this.retries.later('the timers of a model', async () => {
      const model = await this.store.models.get(name, owner);
      this.unschedule(name, owner);
      if (model !== undefined) this.schedule(model);
    });
  }

  /**
   * Of several processes that wait for the same time, the one that moves the reference time starts the instance.
   * @param claim what an earlier try has done
   */
  private async startModel(name: string, owner: string | null, elementId: string, reference: unknown, claim: Claim): Promise<void> {
    const { models, instances } = this.store;
    const model = await models.get(name, owner);
    const event = model?.events?.find((entry) => entry.elementId === elementId);
    if (model === undefined || event === undefined) return;
    const isMine = async (): Promise<boolean> => {
      if (claim.at !== undefined && event.referenceDateTime === claim.at) return true;
      if (event.referenceDateTime !== reference) return false;
      claim.at = Date.now();
      const guard = { ...model.guard, rev: (model.guard?.rev ?? 0) + 1 };
      const events = (model.events ?? []).map((entry) => (entry === event ? { ...entry, referenceDateTime: claim.at } : entry));
      return models.update(name, owner, model.guard?.rev, { events, guard });
    };
    const mine = await isMine();
    if (!claim.scheduled) this.schedule((await models.get(name, owner)) ?? { name, owner, events: [] });
    claim.scheduled = true;
    if (!mine) return;
    // A start whose answer was lost has happened all the same.
    for (const id of claim.command?.executions.keys() ?? []) if ((await instances.load(id)) !== undefined) return;
    const account = { causer: SYSTEM_USER, tenantId: owner ?? undefined, modelsOwner: owner ?? undefined };
    await this.runner.run(account, (command) => {
      claim.command = command;
      return this.engine.host.start(name, {}, elementId, SYSTEM_USER.userName, {});
    });
  }
}
