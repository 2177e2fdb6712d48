import { wallClock } from '../../core/clock.js';
import { SYSTEM_USER } from '../../core/principal.js';
import { show } from '../../core/value.js';
import type { Store, StoredModel } from '../../store/port.js';
import { DOCUMENT_FIELDS, LARGE_FIELDS } from '../../store/query/large-fields.js';
import { secondsUntil, SHORTEST_CYCLE, takesNoTime } from '../model/timer-text.js';
import type { GuardLogger } from '../contract/types.js';
import type { CommandRunner } from './command-runner.js';
import type { Command } from './command.js';
import type { InnerEngine } from './inner-engine.js';
import type { Retries } from './retries.js';
import type { StartAttempts } from './start-attempts.js';
import type { Timers } from './timers.js';

/** How far a timer start of a model has come, across retries. */
interface Claim {
  at?: number;
  scheduled: boolean;
  command?: Command;
}

type Events = Pick<StoredModel, 'name' | 'owner' | 'events'>;

/** A timer armed in this process, with the state it was armed for. */
interface Armed {
  readonly as: string;
  readonly cancel: () => void;
}

const keyOf = (owner: string | null, name: string, elementId: unknown): string =>
  JSON.stringify([owner, name, elementId]);
const shapeOf = ({ expression, referenceDateTime }: Record<string, unknown>): string =>
  JSON.stringify([expression, referenceDateTime ?? null]);

/** What is overdue starts so many milliseconds later. */
const OVERDUE = 100;

/**
 * The milliseconds until a timer start is due: not before a second has passed since the last one, so that no model
 * starts instances as fast as it can. Undefined if the time cannot be read, or is a span of nothing.
 * @param reference the last start, in milliseconds since 1970
 */
function dueIn(expression: string, reference: number | null): number | undefined {
  const seconds = secondsUntil(expression, reference);
  if (seconds === undefined || takesNoTime(expression)) return undefined;
  const soonest = reference === null ? 0 : reference + SHORTEST_CYCLE - wallClock();
  return Math.max(seconds * 1000, soonest, OVERDUE);
}

/** Timer start events of models, on the guard's timers. */
export class ModelTimers {
  private readonly armed = new Map<string, Armed>();

  constructor(
    private readonly timers: Timers,
    private readonly runner: CommandRunner,
    private readonly engine: InnerEngine,
    private readonly store: Store,
    private readonly retries: Retries,
    private readonly starts: StartAttempts,
    private readonly logger: GuardLogger,
  ) {}

  /**
   * Arms stored timers that are not armed here in their present state: after a process start, and after saves by
   * other processes.
   */
  async resume(): Promise<void> {
    for (const model of await this.store.models.find(
      { 'events.subType': 'Timer' },
      { without: DOCUMENT_FIELDS },
    )) {
      const { name, owner = null, events = [] } = model;
      this.schedule({
        name,
        owner,
        events: events.filter(
          (event) => this.armed.get(keyOf(owner, name, event.elementId))?.as !== shapeOf(event),
        ),
      });
    }
  }

  /** Arms the timer start events of a model, replacing its previous ones. */
  schedule(model: Events): void {
    const { name, owner = null, events = [] } = model;
    for (const event of events.filter(
      (entry) => entry.subType === 'Timer' && typeof entry.expression === 'string',
    )) {
      const key = keyOf(owner, name, event.elementId);
      this.armed.get(key)?.cancel();
      const due = dueIn(event.expression as string, (event.referenceDateTime as number | undefined) ?? null);
      const claim: Claim = { scheduled: false };
      const fire = (): Promise<void> =>
        this.startModel(name, owner, event.elementId as string, event.referenceDateTime, claim);
      const cancel =
        due === undefined ? this.neverFires(name, event) : this.timers.arm(new Date(wallClock() + due), fire);
      this.armed.set(key, { as: shapeOf(event), cancel });
    }
  }

  private neverFires(model: string, { elementId, expression }: Record<string, unknown>): () => void {
    const facts = { model, element: elementId, time: show(expression) };
    this.logger.warn('the time of a timer cannot be read or is no span: it starts no instance', facts);
    return () => undefined;
  }

  /** Cancels the timer start events of a model. */
  unschedule(name: string, owner: string | null): void {
    for (const [key, { cancel }] of this.armed) {
      const [ofOwner, ofName] = JSON.parse(key) as [string | null, string];
      if (ofOwner !== owner || ofName !== name) continue;
      cancel();
      this.armed.delete(key);
    }
  }

  /** After a change of a model that failed: the stored model decides which timers it has. */
  refreshSoon(name: string, owner: string | null): void {
    this.retries.later('the timers of a model', async () => {
      const model = await this.store.models.get(name, owner);
      this.unschedule(name, owner);
      if (model !== undefined) this.schedule(model);
    });
  }

  /**
   * If several processes wait for the same time, the one that advances the reference time starts the instance.
   * @param claim the progress of an earlier try
   */
  private async startModel(
    name: string,
    owner: string | null,
    elementId: string,
    reference: unknown,
    claim: Claim,
  ): Promise<void> {
    const { models, instances } = this.store;
    if (!claim.scheduled) this.armed.delete(keyOf(owner, name, elementId));
    const model = await models.get(name, owner);
    const event = model?.events?.find((entry) => entry.elementId === elementId);
    if (model === undefined || event === undefined) return;
    const isMine = async (): Promise<boolean> => {
      if (claim.at !== undefined && event.referenceDateTime === claim.at) return true;
      if (event.referenceDateTime !== reference) return false;
      claim.at = wallClock();
      const guard = { ...model.guard, rev: (model.guard?.rev ?? 0) + 1 };
      const events = (model.events ?? []).map((entry) =>
        entry === event ? { ...entry, referenceDateTime: claim.at } : entry,
      );
      return models.update(name, owner, model.guard?.rev, { events, guard });
    };
    const mine = await isMine();
    if (!claim.scheduled) this.schedule((await models.get(name, owner)) ?? { name, owner, events: [] });
    claim.scheduled = true;
    if (!mine) return;
    // A start whose answer was lost has happened nevertheless.
    for (const id of claim.command?.executions.keys() ?? [])
      if ((await instances.load(id, LARGE_FIELDS)) !== undefined) return;
    const account = { causer: SYSTEM_USER, tenantId: owner ?? undefined, modelsOwner: owner ?? undefined };
    const start = (): Promise<unknown> =>
      this.runner.run(account, (command) => {
        claim.command = command;
        return this.engine.host.start(name, {}, elementId, SYSTEM_USER.userName, {});
      });
    await this.runner.track(this.starts.run({ name, owner, elementId }, start));
  }
}
