import { Conflict, GuardError, isGuardError } from '../../core/errors.js';
import { SYSTEM_USER, type SecureUser } from '../../core/principal.js';
import type { StoredInstance } from '../../store/port.js';
import { whole } from '../../store/query/stored-items.js';
import { CommandFailures } from './command-failures.js';
import type { Account, OnInstance, RunnerParts } from './command-options.js';
import { commit, commitBeginning, mainOf } from './commit.js';
import type { Command } from './command.js';
import type { Contexts } from './context.js';
import type { HostExecution, HostServer } from '../model/host.js';
import type { HostStore } from './host-store.js';
import { lookAt, readLocked } from './look-at.js';
import type { Release } from './locks.js';
import { noteInitiators } from '../model/model-facts.js';
import { Openness } from './openness.js';
import { RunningCommands } from './running.js';
import { isOutage } from './transient.js';

type Work<T> = (command: Command, document: StoredInstance) => Promise<T>;

async function inOrder(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const each of work) await each();
}

/**
 * Runs commands: takes the lock, reads, lets the engine work, writes once when it has settled, releases. What fails is
 * not written.
 */
export class CommandRunner {
  readonly contexts: Contexts;
  readonly hostStore: HostStore;
  /** The host's own server, and what follows a stored command; set once while the guard is put together. */
  server!: HostServer;
  afterStored: (command: Command) => Promise<void> = () => Promise.resolve();
  /** Told of instances of which it is not known whether, or not known that all of, a command was stored. */
  inDoubt: (instanceIds: readonly string[]) => void = () => undefined;
  /** Which tasks are open. */
  readonly openness = new Openness();
  /** What is kept of failures at their instances. */
  readonly failures: CommandFailures;
  private readonly running: RunningCommands;
  private readonly settling = new WeakMap<HostExecution, Promise<void>>();
  private readonly begun = new WeakMap<HostExecution, StoredInstance>();
  private closing = false;

  constructor(private readonly parts: RunnerParts) {
    this.contexts = parts.contexts;
    this.hostStore = parts.hostStore;
    this.running = new RunningCommands(parts.limits);
    this.failures = new CommandFailures(parts, (work) => this.running.keepTrack(work));
  }

  private assertOpen(): void {
    this.contexts.assertNotGivenUp();
    if (this.closing && this.contexts.command === undefined)
      throw new GuardError('closed', 'The guard was closed.');
  }

  /** Refuses new commands and waits for the running ones; what takes more than `limit` milliseconds is given up. */
  async close(limit: number): Promise<void> {
    this.closing = true;
    await this.running.close(limit);
  }

  /** Gives up what runs here on an instance, and waits until it can write nothing any more. */
  giveUp(id: string, reason: Error): Promise<void> {
    return this.running.giveUp(id, reason);
  }

  /** A guard that closes waits for this work too. */
  track<T>(work: Promise<T>): Promise<T> {
    return this.running.keepTrack(work);
  }

  /** A command that begins without an instance. */
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

  /** A command on one instance, under its lock; `work` gets the document as it was read there. */
  onInstance<T>(id: string, causer: SecureUser, work: Work<T>, options: OnInstance = {}): Promise<T> {
    this.assertOpen();
    if (this.contexts.command?.held.has(id))
      throw new Conflict('busy', 'The instance is in the middle of this command.');
    return this.running.keepTrack(this.lockAndRun(id, causer, work, options));
  }

  private async lockAndRun<T>(
    id: string,
    causer: SecureUser,
    work: Work<T>,
    { noWait = false, starter = causer.userName, worthIt }: OnInstance,
  ): Promise<T> {
    const release = await this.parts.locks.lock(id, worthIt);
    let document: StoredInstance;
    try {
      document = await readLocked(this.parts.store, id, this.hostStore.keep.room);
    } catch (error) {
      await release(error);
      throw error;
    }
    const found = whole(document);
    const owner = (found.guard?.modelsOwner as string | undefined) ?? causer.owner;
    const command = this.running.create(causer, found.tenantId ?? undefined, owner, starter);
    command.held.add(id);
    command.loaded.set(id, found);
    command.itemsBefore = found.items?.length ?? 0;
    return this.execute(command, noWait, () => work(command, found), [release]);
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
        if (command.background) await this.begin(command, workers, releases, end);
        else {
          await command.settle();
          for (const execution of command.executions.values()) noteInitiators(execution);
          await this.lockMain(command, releases);
          await this.commit(command);
        }
        recorded = inOrder(command.afterwards);
        return value;
      });
      // What is stored needs the lock no more.
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
      if (command.writing && isOutage(error)) this.inDoubt([...command.executions.keys()]);
      throw error;
    }
  }

  /** What a command makes of several instances is written under the lock of its main one, which can be new. */
  private async lockMain(command: Command, releases: Release[]): Promise<void> {
    const main = command.saved.size > 1 ? mainOf(command) : undefined;
    if (main !== undefined && !command.held.has(main.id) && !main.saved)
      releases.push(await this.parts.locks.lock(main.id));
  }

  private async commit(command: Command): Promise<void> {
    if (!(await commit(this.parts.store, command, this.hostStore.keep)))
      this.inDoubt([...command.executions.keys()]);
  }

  /** Stores where `noWait` work begins and lets it go on; a new instance is locked before others can find it. */
  private async begin(
    command: Command,
    workers: Promise<unknown>[],
    releases: Release[],
    end: Release,
  ): Promise<void> {
    await command.within(Promise.race([command.firstSave, ...workers]));
    if (command.error !== undefined) throw command.error;
    const { begun } = command;
    const execution = begun && command.executions.get(begun.id);
    if (execution !== undefined) {
      if (execution.instance.saved === undefined) releases.push(await this.parts.locks.lock(execution.id));
      noteInitiators(execution);
      const stored = await commitBeginning(
        this.parts.store,
        command,
        this.hostStore.keep,
        this.parts.attempts.ofBackground(),
      );
      if (stored !== undefined) this.begun.set(execution, stored);
    }
    const finishing = this.running.keepTrack(this.finishInBackground(command, workers, end));
    for (const live of command.executions.values()) this.settling.set(live, finishing);
  }

  /** The state of an execution as this command has stored it: of `noWait` work, that in which it begins. */
  storedOf(execution: HostExecution): StoredInstance {
    return this.begun.get(execution) ?? (execution.instance as unknown as StoredInstance);
  }

  private async finishInBackground(
    command: Command,
    workers: Promise<unknown>[],
    end: Release,
  ): Promise<void> {
    let failure: unknown;
    await this.contexts.runCommand(command, async () => {
      try {
        await command.within(Promise.all(workers));
        await command.settle();
        command.background = false;
        for (const execution of command.executions.values()) {
          command.saved.set(execution.id, execution.instance);
          noteInitiators(execution);
        }
        await this.commit(command);
      } catch (error) {
        failure = error;
        command.failed = true;
        for (const undo of command.undo) undo();
        // What the guard's end interrupts begins again at its next start.
        const closed = isGuardError(error) && error.code === 'closed';
        if (closed) await this.failures.leaveToNext(command);
        else if (!isOutage(error)) await this.failures.ofBackground(command, error);
      }
    });
    await end(failure);
    // The work begins again where it began, when the store is back.
    if (isOutage(failure)) this.inDoubt([...command.executions.keys()]);
    await this.parts.onFailures(command);
    if (!command.failed) await this.afterStored(command);
  }

  /** Resolves when the background work of an execution has settled, well or not. */
  async whenSettled(execution: HostExecution): Promise<void> {
    await this.settling.get(execution);
  }

  /** A trusted command on the one item that the query finds. */
  async onItem<T>(query: Record<string, unknown>, work: (itemId: string) => Promise<T>): Promise<T> {
    const item = await this.hostStore.findItem(query);
    return this.onInstance(item.instanceId as string, SYSTEM_USER, () => work(item.id as string));
  }

  /** A live copy of an instance to look at; what is done to it is not stored. */
  look(id: string): Promise<HostExecution> {
    return lookAt(this.parts, this.server, id);
  }
}
