import { GuardError } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import { SYSTEM_USER } from '../../core/principal.js';
import { asError } from '../../core/thrown.js';
import type { Acting, Command } from './command.js';
import { failureOfModel } from './called-model.js';
import { recordAddition } from './room.js';
import type { CommandRunner } from './command-runner.js';
import { newDelivery } from './new-delivery.js';
import { awake } from './suspended.js';
import { bpmn, type HostExecution, type HostServer } from '../model/host.js';

type Options = Record<string, unknown>;

/** Delivers messages and signals thrown by models. */
export interface Receivers {
  message(messageId: string, data: object, matching: Record<string, unknown>): Promise<unknown>;
  signal(signalId: string, data: object, matching: Record<string, unknown>): Promise<unknown>;
}

/**
 * The engine that the host itself uses. Call activities, thrown messages and signals, timers and the application's
 * own services reach it; outside callers do not. Calls are trusted. Inside a command, a new instance joins that
 * command; work on another instance becomes a separate command that acts as the system.
 */
export class InnerEngine extends bpmn.Engine {
  /** Finds the targets of messages and signals; set once while the guard is assembled. */
  correlation!: Receivers;

  constructor(
    server: HostServer,
    private readonly runner: CommandRunner,
  ) {
    super(server as never);
  }

  private get current() {
    return this.runner.contexts.command;
  }

  private acting({ starter }: Command): Acting {
    return this.runner.contexts.acting ?? { starter, actor: starter };
  }

  /** Upstream's own methods; called by commands, inside a command. Refused with `wrong-state` on what is suspended. */
  get host() {
    return {
      // The instance is named like its model, however a call activity spells the name.
      start: async (name: unknown, ...args: unknown[]) => {
        recordAddition(this.current, 'data', args[0]);
        return super.start(checkModelName(name), ...args) as unknown as Promise<HostExecution>;
      },
      invoke: (query: { 'items.id': string }, data: unknown, userName: string | null, options: Options) => {
        const current = awake(this.current, query['items.id']);
        recordAddition(current, 'data', data);
        if (current !== undefined && options.noWait === true) current.beginsAt = query['items.id'];
        return super.invoke(
          query,
          data as object,
          userName as never,
          options,
        ) as unknown as Promise<HostExecution>;
      },
      assign: (...args: unknown[]) => {
        recordAddition(awake(this.current, (args[0] as { 'items.id': string })['items.id']), 'data', args[1]);
        recordAddition(this.current, 'assignments', [args[2]]);
        return super.assign(
          ...(args as [unknown, object, object, string]),
        ) as unknown as Promise<HostExecution>;
      },
      startEvent: (...args: unknown[]) => {
        recordAddition(awake(this.current), 'data', args[2]);
        return super.startEvent(...(args as [unknown, unknown])) as unknown as Promise<HostExecution>;
      },
      restart: (...args: unknown[]) => {
        recordAddition(awake(this.current), 'data', args[1]);
        return super.restart(...(args as [unknown, unknown, unknown])) as unknown as Promise<HostExecution>;
      },
      startRepeatTimerEvent: (...args: unknown[]) =>
        super.startRepeatTimerEvent(...(args as [unknown, unknown])) as unknown as Promise<HostExecution>,
    };
  }

  /** The instance of the running command as a live execution. */
  live(instanceId: string): Promise<HostExecution> {
    return (this as unknown as { restore(id: string): Promise<HostExecution> }).restore(instanceId);
  }

  override async start(
    name: unknown,
    data: unknown = {},
    startNodeId?: string | null,
    userName?: string | null,
    options: Options = {},
  ): Promise<never> {
    const command = this.current;
    if (command === undefined) {
      const starter = userName ?? this.runner.contexts.principal?.userName ?? SYSTEM_USER.userName;
      const started = await this.runner.run({ causer: SYSTEM_USER, starter }, () =>
        this.host.start(name, data, startNodeId ?? null, starter, options),
      );
      return started as never;
    }
    const mine = { parentItemId: options.parentItemId };
    const { actor } = this.acting(command);
    const called = await this.host
      .start(name, data, startNodeId ?? null, userName ?? actor, mine)
      .catch((error: unknown) => {
        // Half an instance must not be stored with the command, even if its starter continues without it.
        if ([...command.executions.values()].some((execution) => execution.options === mine))
          command.fail(error);
        throw failureOfModel(error, name, this.elementOf(options.parentItemId));
      });
    if (typeof options.parentItemId === 'string') await this.returnAtOnce(called, options.parentItemId);
    return called as never;
  }

  private elementOf(itemId: unknown): string | undefined {
    const items = [...(this.current?.executions.values() ?? [])].flatMap((execution) => execution.getItems());
    return items.find(({ id }) => id === itemId)?.elementId;
  }

  /** For a called process that ended within its caller's command: its data goes to the caller's item now. */
  private async returnAtOnce(called: HostExecution, parentItemId: string): Promise<void> {
    if (called.instance.status !== 'end') return;
    for (const execution of this.current?.executions.values() ?? []) {
      const item = execution.getItems().find((entry) => entry.id === parentItemId);
      if (item !== undefined) await item.node.setInput(item, called.instance.data);
    }
  }

  override async invoke(
    query: Record<string, unknown>,
    data: unknown = {},
    userName?: string | null,
    options: Options = {},
  ): Promise<never> {
    const command = this.current;
    const itemId = query['items.id'];
    const ended = [...(command?.executions.values() ?? [])].find(
      ({ instance }) => instance.parentItemId === itemId && instance.status === 'end',
    );
    if (command !== undefined && ended !== undefined && typeof itemId === 'string') {
      const calling = [...command.executions.values()]
        .flatMap((execution) => execution.getItems())
        .find((item) => item.id === itemId);
      // While the caller's item is starting, `start` above returns the data; otherwise the caller continues once
      // this is stored.
      const { id, data: output = null } = ended.instance;
      if (calling === undefined || calling.status === 'wait')
        command.addDelivery(id, newDelivery(itemId, output, this.acting(command)));
      return ended as never;
    }
    return (await this.runner.onItem(query, (id) =>
      this.host.invoke({ 'items.id': id }, data, userName ?? SYSTEM_USER.userName, options),
    )) as never;
  }

  override async assign(
    query: Record<string, unknown>,
    data: object = {},
    assignment: object = {},
    userName?: string,
    options: object = {},
  ): Promise<never> {
    return (await this.runner.onItem(query, async (id) => {
      const execution = await this.host.assign(
        { 'items.id': id },
        data,
        assignment,
        userName ?? SYSTEM_USER.userName,
        options,
      );
      await execution.worker;
      return execution;
    })) as never;
  }

  override async startEvent(
    instanceId: string,
    elementId: string,
    data: object = {},
    userName: string | null = null,
    options: Options = {},
  ): Promise<never> {
    return (await this.runner.onInstance(instanceId, SYSTEM_USER, () =>
      this.host.startEvent(instanceId, elementId, data, userName, options),
    )) as never;
  }

  override async restart(
    query: Record<string, unknown>,
    data: unknown = {},
    userName: string = SYSTEM_USER.userName,
    options: Options = {},
  ): Promise<never> {
    return (await this.runner.onItem(query, (id) =>
      this.host.restart({ 'items.id': id }, data, userName, options),
    )) as never;
  }

  override async get(query: Record<string, unknown>): Promise<never> {
    const { id } = await this.runner.hostStore.findInstance(query, 'full');
    return (await this.runner.look(id)) as never;
  }

  override async startRepeatTimerEvent(
    instanceId: string,
    previous: unknown,
    data: object = {},
    options: object = {},
  ): Promise<never> {
    return (await this.runner.onInstance(instanceId, SYSTEM_USER, () =>
      this.host.startRepeatTimerEvent(instanceId, previous, data, options),
    )) as never;
  }

  override async throwMessage(
    messageId: string,
    data: object = {},
    matching: Record<string, unknown> | null = {},
  ): Promise<never> {
    return (await this.correlation.message(messageId, data, matching ?? {})) as never;
  }

  override async throwSignal(
    signalId: string,
    data: object = {},
    matching: Record<string, unknown> | null = {},
  ): Promise<never> {
    return (await this.correlation.signal(signalId, data, matching ?? {})) as never;
  }

  override async upgrade(): Promise<never> {
    throw new GuardError('bad-option', 'Upgrade through the API of the guard.');
  }

  /** bpmn-server wraps and prints errors; here the caller gets the original error. */
  private async rethrow(error: unknown): Promise<never> {
    throw asError(error);
  }

  static {
    // `exception` is private in upstream's declarations; upstream calls it for every failure.
    (InnerEngine.prototype as unknown as { exception: (error: unknown) => Promise<never> }).exception =
      function (this: InnerEngine, error) {
        return this.rethrow(error);
      };
  }
}
