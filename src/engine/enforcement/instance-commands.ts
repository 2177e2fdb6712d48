import { AccessDenied, BadInput, Conflict, isGuardError, notFound } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import { INSTANCE_FIELDS, parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import type { StoredInstance, StoredModel } from '../../store/port.js';
import { itemPlan } from '../../store/query/scoped-query.js';
import { checkData, checkId } from './caller-input.js';
import { protectInitiator, viewOf, type CommandKit } from './command-kit.js';
import { keptFor } from '../execution/adoption.js';
import type { Command } from '../execution/context.js';
import { isOutage } from '../execution/transient.js';
import type { Target } from './audit.js';
import { both } from './data-api.js';
import { checkModelName } from '../../core/model-name.js';
import { startsOf, type StartFacts } from '../model/model-facts.js';
import type { CommandOptions, Data, ExecutionView } from '../contract/types.js';

type EventField = 'messageId' | 'signalId';
interface StartTarget {
  readonly model: StoredModel;
  readonly start: StartFacts;
}

/** The commands that start instances, send them events, and manage them. */
export class InstanceCommands {
  constructor(private readonly kit: CommandKit) {}

  private async startFacts(model: StoredModel): Promise<readonly StartFacts[]> {
    const stored = model.guard?.starts as StartFacts[] | undefined;
    return stored ?? startsOf(await this.kit.models.definition(model.name, model.source ?? ''));
  }

  async start(
    principal: SecureUser,
    name: unknown,
    input: unknown,
    options: CommandOptions,
  ): Promise<ExecutionView> {
    const { asking } = this.kit;
    const data = checkData(input);
    const model = await asking.store.models.get(checkModelName(name), principal.owner ?? null);
    if (model === undefined) throw notFound('model');
    const starts = await this.startFacts(model);
    const { startNodeId } = options;
    const start =
      startNodeId === undefined ? starts[0] : starts.find((entry) => entry.elementId === startNodeId);
    const readable = asking.allows(
      principal,
      'model:read',
      { model },
      await asking.modelFacts(principal, model.name),
    );
    if (start === undefined)
      throw readable
        ? new BadInput('bad-option', 'startNodeId does not name a start event of the model.')
        : notFound('model');
    const reason = asking.assert(principal, 'instance:start', { model, start }, readable);
    return this.startAt(principal, { model, start }, data, options.noWait === true, reason);
  }

  private async startAt(
    principal: SecureUser,
    { model, start }: StartTarget,
    data: Data,
    noWait: boolean,
    reason: string,
  ): Promise<ExecutionView> {
    const { runner, engine, asking } = this.kit;
    const account = { causer: principal, modelsOwner: model.owner ?? undefined, noWait };
    const execution = await runner.run(account, () =>
      engine.host.start(model.name, data, start.elementId, principal.userName, noWait ? { noWait } : {}),
    );
    const ids = { instanceId: execution.id, modelName: model.name };
    await asking.audit.allowed(
      principal,
      'instance:start',
      { kind: 'instance', id: execution.id, instanceId: execution.id, name: model.name },
      reason,
    );
    asking.events.emit({
      event: 'started',
      userName: principal.userName,
      operation: 'instance:start',
      ...ids,
    });
    return viewOf(this.kit, principal, execution);
  }

  /** Start events that listen, in models of the principal's tenant, and that it may use (spec 01). */
  private async listeningStarts(
    principal: SecureUser,
    field: EventField,
    id: string,
  ): Promise<StartTarget[]> {
    const { asking } = this.kit;
    const models = await asking.store.models.find({
      $and: [{ owner: principal.owner ?? null }, { 'guard.starts': { $elemMatch: { [field]: id } } }],
    });
    const targets: StartTarget[] = [];
    for (const model of models) {
      for (const start of await this.startFacts(model)) {
        if (start[field] === id && asking.allows(principal, 'instance:start', { model, start }))
          targets.push({ model, start });
      }
    }
    return targets;
  }

  /** Waiting items that listen, in instances to which the principal may send the event. */
  private async listeningItems(
    principal: SecureUser,
    field: EventField,
    id: string,
    matching: unknown,
    limit: number,
  ): Promise<{ instanceId: string; itemId: string }[]> {
    const { asking } = this.kit;
    const scope = asking.scope(principal, field === 'messageId' ? 'instance:message' : 'instance:signal');
    const waiting: CallerQuery = parseQuery(
      { [`items.${field}`]: id, 'items.status': 'wait' },
      INSTANCE_FIELDS,
    );
    const plan = itemPlan(
      scope,
      scope,
      both(waiting, parseQuery(matching, INSTANCE_FIELDS)),
      { limit },
      { reindexed: asking.isReindexed() },
    );
    const rows = plan === undefined ? [] : await asking.store.instances.findItems(plan);
    return rows.map((row) => ({ instanceId: row.id, itemId: row.items.id }));
  }

  private async send(
    principal: SecureUser,
    field: EventField,
    target: { instanceId: string; itemId: string },
    data: Data,
    noWait = false,
  ): Promise<ExecutionView> {
    const { kit } = this;
    const operation = field === 'messageId' ? 'instance:message' : 'instance:signal';
    const execution = await kit.runner.onInstance(
      target.instanceId,
      principal,
      async (command, instance) => {
        const reason = kit.asking.assert(
          principal,
          operation,
          { instance },
          kit.views.mayReadInstance(principal, instance),
        );
        const item = instance.items?.find((entry) => entry.id === target.itemId);
        if (item?.status !== 'wait') throw new Conflict('wrong-state', 'The element no longer waits for it.');
        await protectInitiator(kit.models, instance, data);
        command.afterwards.push(() =>
          kit.asking.audit.allowed(
            principal,
            operation,
            { kind: 'instance', id: instance.id, instanceId: instance.id, name: item.elementId },
            reason,
          ),
        );
        return kit.engine.host.invoke(
          { 'items.id': item.id },
          data,
          principal.userName,
          noWait ? { noWait } : {},
        );
      },
      { noWait },
    );
    return viewOf(kit, principal, execution, target.itemId);
  }

  /** A message reaches one receiver: a start event, else the one element that waits for it (spec 08, 9). */
  async message(
    principal: SecureUser,
    messageId: unknown,
    input: unknown,
    matching: unknown,
    options: CommandOptions,
  ): Promise<ExecutionView> {
    const id = checkId(messageId, 'messageId');
    const data = checkData(input);
    const noWait = options.noWait === true;
    const [start, ...others] = await this.listeningStarts(principal, 'messageId', id);
    if (others.length > 0)
      throw new Conflict('ambiguous', 'The message starts several models; it must name one.');
    if (start !== undefined) return this.startAt(principal, start, data, noWait, 'message');
    const [target, ...more] = await this.listeningItems(principal, 'messageId', id, matching, 2);
    if (target === undefined) throw notFound('receiver of the message');
    if (more.length > 0)
      throw new Conflict(
        'ambiguous',
        'Several elements wait for the message; say which by a matching query.',
      );
    return this.send(principal, 'messageId', target, data, noWait);
  }

  /**
   * A signal reaches all whom the principal may signal; who is gone in the meantime is passed over (spec 08,
   * 8). One that
   * fails does not keep it from the others: the first failure is told when all have been tried.
   */
  async signal(
    principal: SecureUser,
    signalId: unknown,
    input: unknown,
    matching: unknown,
  ): Promise<(string | { instanceId: string; itemId: string })[]> {
    const { kit } = this;
    const { asking } = kit;
    const id = checkId(signalId, 'signalId');
    const data = checkData(input);
    const starts = await this.listeningStarts(principal, 'signalId', id);
    const targets = await this.listeningItems(principal, 'signalId', id, matching, 10_000);
    if (starts.length + targets.length === 0) throw notFound('receiver of the signal');
    const reached: (string | { instanceId: string; itemId: string })[] = [];
    const failures: unknown[] = [];
    const reach = async (receiver: Target, work: () => Promise<(typeof reached)[number]>): Promise<void> => {
      try {
        reached.push(await asking.store.bounded(work));
      } catch (error) {
        if (isOutage(error)) throw error;
        if (!isGuardError(error) || error.status >= 500 || receiver.id === undefined) failures.push(error);
        await asking.audit.refused(principal, 'instance:signal', receiver, error);
      }
    };
    for (const start of starts)
      await reach(
        { kind: 'model', name: start.model.name },
        async () => (await this.startAt(principal, start, data, false, 'signal')).id,
      );
    for (const target of targets)
      await reach({ kind: 'instance', id: target.instanceId, instanceId: target.instanceId }, () =>
        this.send(principal, 'signalId', target, data).then(() => target),
      );
    if (failures.length > 0) throw failures[0];
    return reached;
  }

  async startEvent(
    principal: SecureUser,
    where: unknown,
    elementId: unknown,
    input: unknown,
  ): Promise<ExecutionView> {
    const { kit } = this;
    const element = checkId(elementId, 'elementId');
    const data = checkData(input);
    const { id } = await kit.reads.oneInstance(principal, typeof where === 'string' ? { id: where } : where);
    const execution = await kit.runner.onInstance(id, principal, async (command, instance) => {
      const reason = kit.asking.assert(
        principal,
        'instance:event',
        { instance },
        kit.views.mayReadInstance(principal, instance),
      );
      const definition = await kit.models.loadFromInstance({
        name: instance.name ?? '',
        source: instance.source as string | undefined,
      });
      if (definition.nodes.get(element)?.type !== 'bpmn:StartEvent')
        throw new BadInput('bad-request', 'elementId does not name a start event of the instance.');
      await protectInitiator(kit.models, instance, data);
      command.afterwards.push(() =>
        kit.asking.audit.allowed(
          principal,
          'instance:event',
          { kind: 'instance', id, instanceId: id, name: element },
          reason,
        ),
      );
      return kit.engine.host.startEvent(id, element, data, principal.userName, {});
    });
    return viewOf(kit, principal, execution);
  }

  /** Takes an ended instance up again at one of its items; needs save points. */
  async restart(principal: SecureUser, query: unknown, input: unknown): Promise<ExecutionView> {
    const { kit } = this;
    const data = checkData(input);
    const { items: item, ...row } = await kit.reads.oneItem(principal, query);
    const execution = await kit.runner.onInstance(row.id as string, principal, async (command, instance) => {
      const reason = kit.asking.assert(
        principal,
        'instance:restart',
        { instance },
        kit.views.mayReadInstance(principal, instance),
      );
      if (instance.status !== 'end')
        throw new Conflict('wrong-state', 'Only an ended instance can be restarted.');
      const points = Object.values(
        (instance.savePoints ?? {}) as Record<string, { items?: { id: string }[] }>,
      );
      if (!points.some((point) => point.items?.some((entry) => entry.id === item.id)))
        throw new Conflict(
          'wrong-state',
          'The instance has no save point for this item; save points must be kept (option keep).',
        );
      await protectInitiator(kit.models, instance, data);
      command.afterwards.push(() =>
        kit.asking.audit.allowed(
          principal,
          'instance:restart',
          { kind: 'instance', id: instance.id, instanceId: instance.id },
          reason,
        ),
      );
      const restarted = await kit.engine.host.restart({ 'items.id': item.id }, data, principal.userName, {});
      for (const { id, status } of restarted.getItems())
        if (status === 'wait') delete keptFor(restarted, id).completedBy;
      return restarted;
    });
    // What waits again was armed when it waited first, and has ended since.
    await kit.timers.resumeOf(execution.id);
    return viewOf(kit, principal, execution);
  }

  /** Gives running instances the model's present source, those left out that have been at one of the nodes. */
  async upgrade(principal: SecureUser, name: unknown, afterNodeIds: unknown): Promise<string[]> {
    const { kit } = this;
    const modelName = checkModelName(name);
    if (!Array.isArray(afterNodeIds) || !afterNodeIds.every((id) => typeof id === 'string'))
      throw new BadInput('bad-request', 'afterNodeIds must be a list of element ids.');
    if (kit.asking.scope(principal, 'instance:migrate').kind === 'nothing')
      throw new AccessDenied('forbidden', 'You may not upgrade instances.');
    const model = await kit.asking.store.models.get(modelName, principal.owner ?? null);
    if (model === undefined) throw notFound('model');
    const query = {
      name: modelName,
      status: { $ne: 'end' },
      ...(afterNodeIds.length === 0 ? {} : { $nor: [{ 'items.elementId': { $in: afterNodeIds } }] }),
    };
    const rows = await kit.reads.instanceRows(principal, parseQuery(query, INSTANCE_FIELDS), {});
    const upgraded: string[] = [];
    for (const { id } of rows) {
      const work = async (_command: Command, instance: StoredInstance): Promise<void> => {
        const reason = kit.asking.assert(
          principal,
          'instance:migrate',
          { instance },
          kit.views.mayReadInstance(principal, instance),
        );
        const guard = { ...instance.guard, rev: (instance.guard?.rev ?? 0) + 1 };
        const fields = {
          source: model.source,
          svg: model.svg ?? null,
          ...(instance.guard === undefined ? {} : { guard }),
        };
        if (!(await kit.asking.store.instances.update(id, instance.guard?.rev, fields)))
          throw new Conflict('conflict', 'The instance was changed meanwhile.');
        await kit.asking.audit.allowed(
          principal,
          'instance:migrate',
          { kind: 'instance', id, instanceId: id, name: modelName },
          reason,
        );
      };
      await kit.asking.store.bounded(() => kit.runner.onInstance(id, principal, work));
      upgraded.push(id);
    }
    return upgraded;
  }

  async get(principal: SecureUser, query: unknown): Promise<ExecutionView> {
    const { kit } = this;
    const { id } = await kit.reads.oneInstance(principal, query);
    const execution = await kit.runner.look(id);
    const instance = execution.instance as unknown as StoredInstance;
    if (!kit.views.mayReadInstance(principal, instance)) throw notFound('instance');
    return viewOf(kit, principal, execution);
  }
}
