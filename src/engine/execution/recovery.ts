import { SKEW, today, wallClock } from '../../core/clock.js';
import { SYSTEM_USER } from '../../core/principal.js';
import type { InstanceGuard, Store, StoredInstance } from '../../store/port.js';
import { BESIDE_GUARD, LARGE_FIELDS } from '../../store/query/large-fields.js';
import type { CommandRunner } from './command-runner.js';
import type { Command } from './command.js';
import type { Deliveries } from './deliveries.js';
import type { Attempts } from './attempts.js';
import { BACKGROUND, removingAttempts } from './attempts-left.js';
import type { Cases } from './cases.js';
import { changeGuard } from './change-guard.js';
import { NeverCalled, type Record } from './never-called.js';
import type { HostExecution, HostItem } from '../model/host.js';
import type { InnerEngine } from './inner-engine.js';
import { LEASE, type InstanceLocks } from './locks.js';
import type { Spread } from './spread.js';
import type { Timers } from './timers.js';
import { isTransient } from './transient.js';
import type { Retries } from './retries.js';
import type { GuardLogger } from '../contract/types.js';

/** Number of unfinished instances resumed at the same time. */
const AT_A_TIME = 8;
/** Instances with work that a crash may have left undone; also counted by `health`. */
export const UNFINISHED = Object.freeze({ 'guard.unfinished': true });
/** How much later than its called processes a running caller may be stored, at most; in milliseconds. */
const CALLER_MAY_TAKE = LEASE + SKEW;
/** After this many milliseconds, an abandoned write has either arrived or never will. */
const LATE = 15_000;

/**
 * Finishes at a process start what the end of a process left between two commits: pending deliveries, `noWait` work
 * that had not settled, called processes of a caller that an unguarded host never stored, and what was to be
 * carried on to called processes.
 */
export class Recovery {
  /** Unfinished work at the last look, and whether this process has tried it in that state. */
  private unfinishedBefore: ReadonlyMap<
    string,
    { readonly rev: number | undefined; readonly tried: boolean }
  > = new Map();
  private readonly neverCalled: NeverCalled;

  constructor(
    private readonly runner: CommandRunner,
    private readonly deliveries: Deliveries,
    private readonly engine: InnerEngine,
    private readonly timers: Timers,
    private readonly store: Store,
    private readonly retries: Retries,
    private readonly attempts: Attempts,
    private readonly locks: Pick<InstanceLocks, 'isStale'>,
    private readonly spread: Pick<Spread, 'run'>,
    private readonly cases: Pick<Cases, 'tell'>,
    private readonly logger: GuardLogger,
    record: Record,
  ) {
    this.neverCalled = new NeverCalled(store.instances, logger, record, (id) => this.inDoubt([id]));
  }

  async run(): Promise<void> {
    const unfinished = await this.unfinished();
    // Several at a time, so that an instance in use by another process does not hold up the others.
    const next = async (): Promise<void> => {
      for (let instance = unfinished.pop(); instance !== undefined; instance = unfinished.pop())
        await this.settle(instance.id);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
    await this.neverCalled.end(new Date(wallClock() - CALLER_MAY_TAKE));
    const since = today();
    this.timers.after(CALLER_MAY_TAKE, () => this.neverCalled.end(since));
  }

  private unfinished(): Promise<StoredInstance[]> {
    return this.store.instances.find({ filter: UNFINISHED, without: BESIDE_GUARD });
  }

  /**
   * Finishes work that has not changed since the last call and that nobody holds: its process may have ended. Work
   * that cannot be finished is tried once.
   */
  async takeOver(): Promise<void> {
    const [unfinished, locks] = await Promise.all([this.unfinished(), this.store.locks.list()]);
    const held = new Set(locks.filter((lock) => !this.locks.isStale(lock)).map(({ id }) => id));
    const looked = unfinished.map(({ id, guard }) => {
      const before = this.unfinishedBefore.get(id);
      const same = before !== undefined && before.rev === guard?.rev;
      const take = same && !before.tried && !held.has(id);
      return { id, rev: guard?.rev, take, tried: take || (same && before.tried) };
    });
    this.unfinishedBefore = new Map(looked.map(({ id, rev, tried }) => [id, { rev, tried }]));
    // Not awaited: the work may take as long as the services that it calls.
    for (const { id, take } of looked) if (take) void this.settle(id);
  }

  /**
   * Resolves instances whose command an outage left in doubt: when the store is back, reads them, finishes what is
   * left and arms timers. Repeats this later, since a write can arrive after its sender has abandoned it.
   */
  inDoubt(ids: readonly string[]): void {
    for (const id of ids) {
      const again = (): Promise<void> => this.finish(id).then(() => this.timers.resumeOf(id));
      this.retries.later('finding out what was stored', again, { instance: id });
      this.retries.later('finding out what was stored', again, { instance: id }, LATE);
    }
  }

  private settle(id: string): Promise<void> {
    return this.retries.attempt('the recovery of an instance', () => this.finish(id), { instance: id });
  }

  private async finish(id: string): Promise<void> {
    const { guard, status } = (await this.store.instances.load(id, LARGE_FIELDS)) ?? {};
    if (guard?.unfinished !== true) return;
    try {
      if (guard.busy === true) await this.resumeOrWait(id, guard);
      // Taking the lock writes pending changes.
      else if (guard.pending !== undefined)
        await this.runner.onInstance(id, SYSTEM_USER, () => Promise.resolve());
    } catch (error) {
      // A failure of the model stays with the model.
      if (!isTransient(error))
        await this.runner.onInstance(id, SYSTEM_USER, () => this.runner.failures.record(id));
      throw error;
    }
    const reached = guard.spread === undefined ? [] : await this.spread.run(id);
    if (status === 'terminated') for (const one of reached) this.timers.disarm(one);
    for (const [itemId, { work }] of Object.entries(guard.attempts ?? {}))
      if (work === 'timer' && this.attempts.isSuspect({ guard }, itemId))
        await this.attempts.alone(() => this.timers.fireItem(id, itemId, true));
    for (const delivery of guard.outbox ?? [])
      await this.attempts.alone(() => this.deliveries.run(id, delivery, true));
    if (guard.untold === true) await this.cases.tell(id);
  }

  /** Restarts held work as if no process had ended. @param admit refuses it under the lock; returns what records it */
  async retry(id: string, admit: () => Promise<() => Promise<void>>): Promise<void> {
    const release: string[] = [];
    const record = await this.runner.onInstance(id, SYSTEM_USER, async () => {
      const admitted = await admit();
      await changeGuard(
        this.store,
        id,
        removingAttempts((key, { held }) => held === true && release.push(key) > 0),
      );
      return admitted;
    });
    await record();
    const unfinished = await this.unfinished();
    for (const { id: sender, guard } of unfinished)
      if (guard?.outbox?.some(({ itemId }) => release.includes(itemId)) === true) void this.settle(sender);
    void this.settle(id);
    await this.timers.resumeOf(id);
  }

  /** Lets what waited for a resumed instance reach it, also timers: now, or once the store is back. Never rejects. */
  awake(id: string): Promise<void> {
    return this.retries.attempt('what waited for a resumed instance', () => this.wake(id), { instance: id });
  }

  private async wake(id: string): Promise<void> {
    const [resumed, senders] = await Promise.all([
      this.store.instances.load(id, LARGE_FIELDS),
      this.unfinished(),
      this.timers.resumeOf(id),
    ]);
    const items = new Set(resumed?.items?.map((item) => item.id));
    for (const { id: sender, guard } of senders)
      if (guard?.outbox?.some(({ itemId }) => items.has(itemId)) === true) void this.settle(sender);
  }

  private resumeOrWait(id: string, guard: InstanceGuard): Promise<void> {
    const userName = guard.begun?.userName ?? guard.startedBy ?? SYSTEM_USER.userName;
    return this.attempts.isSuspect({ guard }, BACKGROUND)
      ? this.attempts.alone(() => this.resume(id, userName, true))
      : this.resume(id, userName, false);
  }

  /** Resumes `noWait` work from its beginning; services that it has called are called again. */
  private async resume(id: string, userName: string, alone: boolean): Promise<void> {
    const work = async (command: Command, document: StoredInstance): Promise<void> => {
      const { busy, begun } = document.guard ?? {};
      if (busy !== true) return;
      if (!(await this.attempts.begin(command, document, { key: BACKGROUND, work: 'background', alone })))
        return;
      const execution = await this.engine.live(id);
      const first = execution.tokens.get(0)?.firstItem as HostItem | undefined;
      if (typeof begun?.itemId === 'string') await this.goOn(execution, begun.itemId, first);
      else if (first !== undefined) await execution.signalItem(first.id, {}, userName, { recover: true });
    };
    await this.runner.onInstance(id, SYSTEM_USER, work, { starter: userName });
  }

  /** Continues from a completed item, prepared as the host's `signalItem` does for background work. */
  private async goOn(execution: HostExecution, itemId: string, first: HostItem | undefined): Promise<void> {
    const delegate = execution.server.appDelegate as {
      getServicesProvider(): Promise<unknown>;
      executionStarted(execution: HostExecution): unknown;
    };
    execution.process = first?.node.process;
    execution.servicesProvider = await delegate.getServicesProvider();
    delegate.executionStarted(execution);
    await (execution.signalItem2 as (itemId: string) => Promise<void>)(itemId);
  }
}
