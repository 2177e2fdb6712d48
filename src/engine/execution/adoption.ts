import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { isPlainObject } from '../../core/value.js';
import { SYSTEM_USER } from '../../core/principal.js';
import type { InstanceGuard } from '../../store/port.js';
import { assertOwnPath } from '../model/data-path.js';
import { calledBy } from './case-exchange.js';
import type { CaseFacts } from '../model/case-facts.js';
import type { Command } from './command.js';
import type { Contexts } from './context.js';
import type { HostExecution, HostItem, HostToken } from '../model/host.js';
import { adoptLegacy } from '../model/legacy.js';
import { recordInitiators, overwritten } from '../model/model-facts.js';

/** Ties the host's live executions to the command that created them. */
export class Adoption {
  private readonly commands = new WeakMap<HostExecution, Command>();

  constructor(
    private readonly contexts: Contexts,
    private readonly bypass: boolean,
  ) {}

  /** Called for every execution that the host creates or restores. */
  adopt(execution: HostExecution): void {
    const { command } = this.contexts;
    const { instance } = execution;
    if (instance.guard === undefined || instance.guard === null) {
      const isNew = instance.saved === undefined || instance.saved === null;
      instance.guard = isNew ? this.freshGuard(command) : adoptLegacy(execution);
      if (isNew) instance.tenantId = command?.tenantId;
      if (isNew) Object.assign(instance.guard as InstanceGuard, this.toldBy(command, instance.parentItemId));
    }
    const append = execution.appendData as (...args: unknown[]) => void;
    execution.appendData = (input: unknown, item: HostItem | null, path: unknown, assignment: unknown) => {
      assertOwnPath(instance.data, path);
      const isReturned = item?.type === CALL_ACTIVITY && !path && isPlainObject(input);
      append.call(
        execution,
        isReturned ? this.returned(execution, item, input) : input,
        item,
        path,
        assignment,
      );
    };
    // At the end of each command the host would log all items and all data once more.
    execution.report = () => undefined;
    if (command === undefined) return;
    if (!command.executions.has(execution.id)) command.executions.set(execution.id, execution);
    this.commands.set(execution, command);
    // The host sets it for `start` and `invoke` but not for a second start event.
    execution.userName ??= command.starter;
    wrap(execution, ['save', 'assign'], (work) => command.track(work));
    // The host does not await these, except for its `noWait` worker.
    wrap(execution, command.background ? ['end', 'execute', 'signalItem2'] : ['end'], (work) =>
      command.join(work),
    );
    const { tokens, promises } = execution;
    const push = promises.push.bind(promises);
    promises.push = (...work) => {
      for (const entry of work) void command.join(Promise.resolve(entry));
      return push(...work);
    };
    // Nor does it await the end of a token, nor any token of an ad-hoc sub-process.
    const joinToken = (token: HostToken): void =>
      wrap(token, token.type === 'AdHoc' ? ['end', 'terminate', 'execute'] : ['end', 'terminate'], (work) =>
        command.join(work),
      );
    const set = tokens.set.bind(tokens);
    for (const token of tokens.values()) joinToken(token);
    tokens.set = (id, token) => (joinToken(token), set(id, token));
  }

  /** The command of an execution, while it is running. */
  commandOf(execution: HostExecution): Command | undefined {
    const command = this.commands.get(execution);
    return command === undefined || command.finished || command.settled || command.failed
      ? undefined
      : command;
  }

  /** Resolves when the command of an execution has ended and released its locks. */
  async ended(execution: HostExecution): Promise<void> {
    await this.commands.get(execution)?.ended;
  }

  /**
   * The data that a called process returns. A user who did a task there must not become the initiator of the
   * calling process.
   */
  private returned(
    execution: HostExecution,
    item: HostItem,
    data: Record<string, unknown>,
  ): Record<string, unknown> {
    const kept = this.bypass ? [] : overwritten(recordInitiators(execution), data, execution.instance.data);
    for (const name of kept)
      this.contexts.command?.failures.push({
        what: `${item.elementId}: ${name} holds the initiator and was not set`,
        instanceId: execution.id,
        itemId: item.id,
      });
    return kept.length === 0
      ? data
      : Object.fromEntries(Object.entries(data).filter(([name]) => !kept.includes(name)));
  }

  /** What the instance that calls a new one tells it. */
  private toldBy(command: Command | undefined, parentItemId: unknown): CaseFacts {
    for (const execution of command?.executions.values() ?? [])
      if (execution.getItems().some(({ id }) => id === parentItemId)) return calledBy(execution.instance);
    return {};
  }

  private freshGuard(command: Command | undefined): InstanceGuard {
    const { causer = SYSTEM_USER, modelsOwner } = command ?? {};
    const starter = this.contexts.acting?.starter ?? SYSTEM_USER.userName;
    const cause = this.contexts.place?.acting?.actor ?? causer.userName;
    const guard: InstanceGuard = { rev: 0, startedBy: starter, items: {} };
    if (cause !== starter) guard.causedBy = cause;
    if (modelsOwner !== undefined) guard.modelsOwner = modelsOwner;
    return guard;
  }
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** Wraps methods of one live object; its class is not changed. */
function wrap(
  object: Record<string, unknown>,
  methods: readonly string[],
  around: (work: Promise<unknown>) => Promise<unknown>,
): void {
  for (const name of methods) {
    const original = object[name] as Method;
    object[name] = (...args: unknown[]) => around(original.apply(object, args));
  }
}
