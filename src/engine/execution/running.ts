import { GuardError } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import type { Limits } from './command-options.js';
import { Command } from './command.js';

/** The commands that run in this process. */
export class RunningCommands {
  private readonly work = new Set<Promise<unknown>>();
  private readonly commands = new Set<Command>();

  constructor(private readonly limits: Limits) {}

  /** Creates a command whose work is given up after the time limit, counted from now. */
  create(
    causer: SecureUser,
    tenantId: string | undefined,
    modelsOwner: string | undefined,
    starter: string,
    stepsBefore?: number,
  ): Command {
    const { time, steps } = this.limits;
    const command = new Command(causer, tenantId, modelsOwner, starter, steps, stepsBefore);
    this.commands.add(command);
    const tooLong = (): void => {
      command.giveUp(new GuardError('timed-out', `The work of the model took longer than ${time} ms.`));
    };
    const limit = setTimeout(tooLong, time);
    void command.ended.then(() => {
      clearTimeout(limit);
      this.commands.delete(command);
    });
    return command;
  }

  /** Tracks work until it has ended. */
  keepTrack<T>(work: Promise<T>): Promise<T> {
    this.work.add(work);
    const done = (): void => void this.work.delete(work);
    work.then(done, done);
    return work;
  }

  /** Gives up the work on an instance in this process, and waits until it can no longer write. */
  async giveUp(id: string, reason: Error): Promise<void> {
    const concerned = [...this.commands].filter(({ held, executions }) => held.has(id) || executions.has(id));
    for (const command of concerned) command.giveUp(reason);
    await Promise.all(concerned.map(({ ended }) => ended));
  }

  /** Waits for all work; work that is not done within `limit` milliseconds is given up. */
  async close(limit: number): Promise<void> {
    const giveUp = (): void => {
      for (const command of this.commands) command.giveUp(new GuardError('closed', 'The guard was closed.'));
    };
    const deadline = setTimeout(giveUp, limit);
    while (this.work.size > 0) await Promise.allSettled(this.work);
    clearTimeout(deadline);
  }
}
