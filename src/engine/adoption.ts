import { SYSTEM_USER } from '../core/principal.js';
import type { InstanceGuard } from '../store/port.js';
import { guardOf } from './commit.js';
import type { Command, Contexts } from './context.js';
import type { HostExecution } from './host.js';
import { adoptLegacy } from './legacy.js';

/** Ties the host's live executions to the command in which they came to be. */
export class Adoption {
  private readonly commands = new WeakMap<HostExecution, Command>();

  constructor(private readonly contexts: Contexts) {}

  /** Called for every execution that the host creates or restores. */
  adopt(execution: HostExecution): void {
    const { command } = this.contexts;
    const { instance } = execution;
    if (instance.guard === undefined || instance.guard === null) {
      const isNew = instance.saved === undefined || instance.saved === null;
      instance.guard = isNew ? this.freshGuard(command) : adoptLegacy(execution);
      if (isNew) instance.tenantId = command?.tenantId;
    }
    if (command === undefined) return;
    if (!command.executions.has(execution.id)) command.executions.set(execution.id, execution);
    this.commands.set(execution, command);
    // The host sets it for `start` and `invoke`, and forgets it for a second start event.
    execution.userName ??= command.starter;
    for (const method of ['save', 'end', 'assign'] as const) {
      const original = execution[method] as (...args: unknown[]) => Promise<unknown>;
      (execution as Record<string, unknown>)[method] = (...args: unknown[]) => command.track(original.apply(execution, args));
    }
    if (!command.background) return;
    for (const method of ['execute', 'signalItem2'] as const) {
      const original = execution[method] as (...args: unknown[]) => Promise<unknown>;
      execution[method] = (...args: unknown[]) => original.apply(execution, args).catch((error: unknown) => void (command.workerError ??= error instanceof Error ? error : new Error(String(error))));
    }
  }

  /** The command in which an execution lives, while that runs. */
  commandOf(execution: HostExecution): Command | undefined {
    const command = this.commands.get(execution);
    return command === undefined || command.finished ? undefined : command;
  }

  private freshGuard(command: Command | undefined): InstanceGuard {
    const { causer = SYSTEM_USER, starter = SYSTEM_USER.userName, modelsOwner } = command ?? {};
    const guard: InstanceGuard = { rev: 0, startedBy: starter, items: {} };
    if (causer.userName !== starter) guard.causedBy = causer.userName;
    if (modelsOwner !== undefined) guard.modelsOwner = modelsOwner;
    return guard;
  }
}

/** What the guard keeps of one item of a live instance; made when it is not there. */
export function keptFor(execution: HostExecution, itemId: string): Record<string, unknown> {
  const items = (guardOf(execution.instance).items ??= {});
  return (items[itemId] ??= {});
}
