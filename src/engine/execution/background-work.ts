import { isGuardError } from '../../core/errors.js';
import type { StoredInstance } from '../../store/port.js';
import type { HostExecution } from '../model/host.js';
import { recordInitiators } from '../model/model-facts.js';
import type { CommandFailures } from './command-failures.js';
import type { RunnerParts } from './command-options.js';
import type { Command } from './command.js';
import { commitBeginning } from './commit.js';
import type { Release } from './locks.js';
import { isOutage } from './transient.js';

/** The parts of the command runner that background work uses. */
interface RunnerHooks {
  /** Makes `close` wait for the work. */
  track<T>(work: Promise<T>): Promise<T>;
  commit(command: Command): Promise<void>;
  /** Called if an outage left it unknown what was stored. */
  inDoubt(command: Command): void;
  afterStored(command: Command): Promise<void>;
}

/** `noWait` work: its beginning is stored before the command returns, and its result once it has settled. */
export class BackgroundWork {
  private readonly settling = new WeakMap<HostExecution, Promise<void>>();
  private readonly begun = new WeakMap<HostExecution, StoredInstance>();

  constructor(
    private readonly parts: RunnerParts,
    private readonly failures: CommandFailures,
    private readonly runner: RunnerHooks,
  ) {}

  /**
   * Stores the state in which the work begins and lets it continue. A new instance is locked before others can find it.
   * @param releases receives the release of a lock that is taken here
   * @param end ends the command and releases its locks
   */
  async begin(
    command: Command,
    workers: Promise<unknown>[],
    releases: Release[],
    end: Release,
  ): Promise<void> {
    const { store, hostStore, locks, attempts } = this.parts;
    await command.within(Promise.race([command.firstSave, ...workers]));
    if (command.error !== undefined) throw command.error;
    const { begun } = command;
    const execution = begun && command.executions.get(begun.id);
    if (execution !== undefined) {
      if (execution.instance.saved === undefined) releases.push(await locks.lock(execution.id));
      recordInitiators(execution);
      const stored = await commitBeginning(store, command, hostStore.keep, attempts.ofBackground());
      if (stored !== undefined) this.begun.set(execution, stored);
    }
    const finishing = this.runner.track(this.finish(command, workers, end));
    for (const live of command.executions.values()) this.settling.set(live, finishing);
  }

  /** The state of an execution as stored by its command; for background work, the state in which it begins. */
  storedOf(execution: HostExecution): StoredInstance {
    return this.begun.get(execution) ?? (execution.instance as unknown as StoredInstance);
  }

  /** Resolves when the background work of an execution has settled, successfully or not. */
  async whenSettled(execution: HostExecution): Promise<void> {
    await this.settling.get(execution);
  }

  private async finish(command: Command, workers: Promise<unknown>[], end: Release): Promise<void> {
    let failure: unknown;
    await this.parts.contexts.runCommand(command, async () => {
      try {
        await command.within(Promise.all(workers));
        await command.settle();
        command.background = false;
        for (const execution of command.executions.values()) {
          command.saved.set(execution.id, execution.instance);
          recordInitiators(execution);
        }
        await this.runner.commit(command);
      } catch (error) {
        failure = error;
        command.failed = true;
        for (const undo of command.undo) undo();
        // Work interrupted by closing the guard begins again at the next start.
        const closed = isGuardError(error) && error.code === 'closed';
        if (closed) await this.failures.leaveToNext(command);
        else if (!isOutage(error)) await this.failures.ofBackground(command, error);
      }
    });
    await end(failure);
    // The work begins again from its stored beginning when the store is back.
    if (isOutage(failure)) this.runner.inDoubt(command);
    await this.parts.onFailures(command);
    if (!command.failed) await this.runner.afterStored(command);
  }
}
