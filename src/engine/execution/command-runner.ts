import { Conflict, GuardError } from '../../core/errors.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import { SYSTEM_USER, type SecureUser } from '../../core/principal.js';
import type { StoredInstance } from '../../store/port.js';
import { Turns } from '../../store/turns.js';
import { whole } from '../../store/query/stored.js';
import { BackgroundWork } from './background-work.js';
import { CommandFailures } from './command-failures.js';
import type { Account, OnInstance, RunnerParts } from './command-options.js';
import { commit, mainOf } from './commit.js';
import type { Command } from './command.js';
import type { Contexts } from './context.js';
import type { HostExecution, HostServer } from '../model/host.js';
import type { HostStore } from './host-store.js';
import { lookAt, readLocked } from './look-at.js';
import type { Release } from './locks.js';
import { recordInitiators } from '../model/model-facts.js';
import { Openness } from './openness.js';
import { RunningCommands } from './running.js';
import { suspendedOf } from './suspended.js';
import { isOutage } from './transient.js';

type Work<T> = (command: Command, document: StoredInstance) => Promise<T>;

async function inOrder(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const each of work) await each();
}

/**
 * Runs commands: takes the lock, reads, lets the engine work, writes once it has settled, releases. Nothing is
 * written on failure.
 */
export class CommandRunner {
  readonly contexts: Contexts;
  readonly hostStore: HostStore;
  /** The host's own server and the reaction to stored commands; set once while the guard is assembled. */
  server!: HostServer;
  afterStored: (command: Command) => Promise<void> = () => Promise.resolve();
  /** Called with the ids of instances whose command may be stored only in part, or not at all. */
  inDoubt: (instanceIds: readonly string[]) => void = () => undefined;
  /** Shared by all commands, so that they let others run between their steps. */
  readonly turns = new Turns();
  /** Decides which tasks are open. */
  readonly openness = new Openness();
  /** Records failures with their instances. */
  readonly failures: CommandFailures;
  /** `noWait` work, which continues after its command has returned. */
  readonly background: BackgroundWork;
  private readonly running: RunningCommands;
  private closing = false;

  constructor(private readonly parts: RunnerParts) {
    this.contexts = parts.contexts;
    this.hostStore = parts.hostStore;
    this.running = new RunningCommands(parts.limits);
    this.failures = new CommandFailures(parts, (work) => this.running.keepTrack(work));
    this.background = new BackgroundWork(parts, this.failures, {
      track: (work) => this.running.keepTrack(work),
      commit: (command) => this.commit(command),
      inDoubt: (command) => this.inDoubt([...command.executions.keys()]),
      afterStored: (command) => this.afterStored(command),
    });
  }

  private assertOpen(): void {
    this.contexts.assertNotGivenUp();
    if (this.closing && this.contexts.command === undefined)
      throw new GuardError('closed', 'The guard was closed.');
  }

  /** Refuses new commands and waits for running ones. After `limit` milliseconds, the remaining ones are given up. */
  async close(limit: number): Promise<void> {
    this.closing = true;
    await this.running.close(limit);
  }

  /** Gives up the work on an instance in this process, and waits until it can no longer write. */
  giveUp(id: string, reason: Error): Promise<void> {
    return this.running.giveUp(id, reason);
  }

  /** Makes `close` wait for this work too. */
  track<T>(work: Promise<T>): Promise<T> {
    return this.running.keepTrack(work);
  }

  /** Runs a command that begins without an instance. */
  run<T>(account: Account, work: (command: Command) => Promise<T>): Promise<T> {
    this.assertOpen();
    const {
      causer,
      starter = causer.userName,
      tenantId = causer.tenantId,
      modelsOwner = causer.owner,
    } = account;
    const command = this.running.create(causer, tenantId, modelsOwner, starter);
    command.model = account.model;
    return this.running.keepTrack(this.execute(command, account.noWait === true, () => work(command), []));
  }

  /** Runs a command on one instance, under its lock. `work` receives the document as read there. */
  onInstance<T>(id: string, causer: SecureUser, work: Work<T>, options: OnInstance = {}): Promise<T> {
    this.assertOpen();
    if (this.contexts.command?.held.has(id))
      throw new Conflict('busy', 'The instance is already part of this command.');
    return this.running.keepTrack(this.lockAndRun(id, causer, work, options));
  }

  private async lockAndRun<T>(
    id: string,
    causer: SecureUser,
    work: Work<T>,
    { noWait = false, starter = causer.userName, stepsBefore, stillWanted, underLock }: OnInstance,
  ): Promise<T> {
    const releases = [await this.parts.locks.lock(id, stillWanted)];
    const hold = async (other: string): Promise<void> =>
      void releases.unshift(await this.parts.locks.lock(other));
    const [read, asked] = await Promise.allSettled([
      readLocked(this.parts.store, id, this.hostStore.keep.room),
      underLock?.(hold),
    ]);
    // Both have ended: a lock that one of them took afterwards would be held for ever.
    if (asked.status === 'rejected' || read.status === 'rejected') {
      const { reason } = asked.status === 'rejected' ? asked : (read as PromiseRejectedResult);
      for (const release of releases) await release(reason);
      throw reason;
    }
    const [document, model] = [read.value, asked.value];
    const found = whole(document);
    const tenantId = found.tenantId ?? undefined;
    const owner = modelsOwnerOf(found) ?? undefined;
    const command = this.running.create(causer, tenantId, owner, starter, stepsBefore);
    if (model !== undefined) command.model = model;
    command.held.add(id);
    command.loaded.set(id, found);
    command.read.set(id, document);
    command.itemsBefore = found.items?.length ?? 0;
    command.suspended = suspendedOf(found);
    return this.execute(command, noWait, () => work(command, found), releases);
  }

  private async execute<T>(
    command: Command,
    noWait: boolean,
    work: () => Promise<T>,
    releases: Release[],
  ): Promise<T> {
    const end: Release = async (failure) => {
      command.finished = true;
      for (const release of releases) await release(failure);
      command.end();
    };
    command.beforeCommit = () => this.openness.decideAll(command);
    let recorded = Promise.resolve();
    try {
      const result = await this.contexts.runCommand(command, async () => {
        command.background = noWait;
        const value = await command.within(work());
        const workers = noWait
          ? [...command.executions.values()]
              .map((execution) => execution.worker)
              .filter((worker) => worker !== undefined)
          : [];
        command.background = workers.length > 0;
        if (command.background) await this.background.begin(command, workers, releases, end);
        else {
          if (command.isLong) await command.within(this.turns.giveWay());
          await command.settle();
          for (const execution of command.executions.values()) recordInitiators(execution);
          await this.lockMain(command, releases);
          await this.commit(command);
          if (command.isLong) await this.turns.giveWay();
        }
        recorded = inOrder(command.afterwards);
        return value;
      });
      // The stored result no longer needs the lock.
      await Promise.all([recorded, command.background ? undefined : end()]);
      if (!command.background) {
        await this.parts.onFailures(command);
        await this.afterStored(command);
      }
      return result;
    } catch (error) {
      command.failed = true;
      for (const undo of command.undo) undo();
      await end(error);
      // An instance may have been written without the engine.
      if (command.writing && isOutage(error))
        this.inDoubt([...new Set([...command.held, ...command.executions.keys()])]);
      throw error;
    }
  }

  /** All instances of a command are written under the lock of the main one, which may be new. */
  private async lockMain(command: Command, releases: Release[]): Promise<void> {
    const main = command.saved.size > 1 ? mainOf(command) : undefined;
    if (main !== undefined && !command.held.has(main.id) && !main.saved)
      releases.push(await this.parts.locks.lock(main.id));
  }

  private async commit(command: Command): Promise<void> {
    if (!(await commit(this.parts.store, command, this.hostStore.keep)))
      this.inDoubt([...command.executions.keys()]);
  }

  /** A trusted command on the one item that matches the query. */
  async onItem<T>(query: Record<string, unknown>, work: (itemId: string) => Promise<T>): Promise<T> {
    const item = await this.hostStore.findItem(query);
    return this.onInstance(item.instanceId as string, SYSTEM_USER, () => work(item.id as string));
  }

  /** A live, read-only copy of an instance: changes to it are not stored. */
  look(id: string): Promise<HostExecution> {
    return lookAt(this.parts, this.server, id);
  }
}
