import { AccessDenied, BadInput, Conflict, isGuardError, notFound } from '../../core/errors.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import type { StoredInstance, StoredItem, StoredModel } from '../../store/port.js';
import { assertFits, assertMayMigrate, initiatorsAfter } from './migration.js';
import { keptFor } from '../execution/kept.js';
import { checkModelName } from '../../core/model-name.js';
import type { HostDefinition, HostExecution } from '../model/host.js';
import { startsOf } from '../model/model-facts.js';
import type { ExecutionView } from '../contract/types.js';
import type { Call } from './call.js';
import { checkData, checkId, type CheckedOptions } from './caller-input.js';
import { assertIdle, assertRunning, viewOf, type CommandParts } from './command-parts.js';
import { assertInput, assertMayAddData } from './input.js';
import { win } from './labelling.js';
import { onLocked, recordInstance, type Locked } from './locked-instance.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import { mayReadModel } from './model-access.js';

/**
 * The engine begins at a start event that waits, as that of an event sub-process, or at one of a process through which
 * the instance did not begin itself.
 * @throws Conflict `wrong-state` for another start event
 */
function assertBegins({ items = [] }: StoredInstance, element: string, definition: HostDefinition): void {
  if (items.some(({ elementId, status }) => elementId === element && status === 'wait')) return;
  const [first] = [...items].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  if (first?.elementId === element)
    throw new Conflict('wrong-state', 'The instance began at this event, and cannot begin at it again.');
  if (!startsOf(definition).some(({ elementId }) => elementId === element))
    throw new Conflict('wrong-state', 'The sub-process that contains this event is not active.');
}

/** Who reaches several tenants may find instances of another model of that name. */
const runsBy = (instance: StoredInstance, { owner }: StoredModel): boolean =>
  modelsOwnerOf(instance) === (owner ?? null);

/** @throws Conflict `wrong-state` if the upgrade no longer applies to the instance */
function assertStillMeant(instance: StoredInstance, model: StoredModel, after: readonly string[]): void {
  if (instance.name !== model.name || !runsBy(instance, model))
    throw new Conflict('wrong-state', 'The instance was migrated to another model in the meantime.');
  if (instance.items?.some(({ elementId = '' }) => after.includes(elementId)))
    throw new Conflict('wrong-state', 'The instance has passed one of the elements in the meantime.');
}

/** Whether the failure concerns all instances alike: the store or the guard is not available. */
const concernsAll = (error: unknown): boolean =>
  !isGuardError(error) || (error.status === 503 && error.code !== 'could-not-tell');

/** The commands that manage running instances. */
export class InstanceCommands {
  constructor(private readonly parts: CommandParts) {}

  async startEvent(
    call: Call,
    where: unknown,
    elementId: unknown,
    input: unknown,
    { own }: CheckedOptions,
  ): Promise<ExecutionView> {
    const { reads, models, engine } = this.parts;
    const element = checkId(elementId, 'elementId');
    const data = checkData(input);
    // The item that the event is about to become.
    const event: StoredItem = { id: '', elementId: element, type: 'bpmn:StartEvent' };
    const found = await reads.oneInstance(call, typeof where === 'string' ? { id: where } : where);
    const { id } = found;
    const work = async (locked: Locked): Promise<HostExecution> => {
      const { instance } = locked;
      assertRunning(instance);
      const definition = await models.loadFromInstance({
        name: instance.name ?? '',
        ...(typeof instance.source === 'string' && { source: instance.source }),
      });
      if (definition.nodes.get(element)?.type !== 'bpmn:StartEvent')
        throw new BadInput('bad-request', 'elementId does not name a start event of the instance.');
      assertBegins(instance, element, definition);
      assertMayAddData(locked.call, instance, data);
      await assertInput(models, locked.call, instance, data);
      recordInstance(this.parts, locked, element);
      const { principal, inForce } = locked.call;
      // As it will be: a rule about the data must not be passed by what was there before, nor by what comes now.
      const then = { ...instance, data: { ...instance.data, ...data } };
      locked.call.assert('instance:event', { instance: then, item: event }, true);
      const labels = inForce.grid.labelsWonBy(principal, { instance: then, item: event });
      const execution = await engine.host.startEvent(id, element, data, principal.userName, { ...own });
      win(execution, labels, principal.userName);
      return execution;
    };
    const begun = await onLocked(this.parts, call, found, 'instance:event', work, { item: event });
    return viewOf(this.parts, begun);
  }

  /** Restarts an ended instance at one of its items. Needs save points. */
  async restart(call: Call, query: unknown, input: unknown, { own }: CheckedOptions): Promise<ExecutionView> {
    const { reads, models, engine, timers } = this.parts;
    const data = checkData(input);
    const { items: item, id: instanceId } = await reads.oneItem(call, query);
    const work = async (locked: Locked): Promise<HostExecution> => {
      const { instance } = locked;
      if (instance.status !== 'end')
        throw new Conflict('wrong-state', 'Only an ended instance can be restarted.');
      const points = Object.values(
        (instance.savePoints ?? {}) as Record<string, Pick<StoredInstance, 'items' | 'tokens'>>,
      );
      const isItem = (entry: StoredItem): boolean => entry.id === item.id;
      const point = points.find(({ items }) => items?.some(isItem));
      if (point === undefined)
        throw new Conflict(
          'wrong-state',
          'The instance has no save point for this item; save points must be kept (option keep).',
        );
      // The input goes into the part of the data in which the item was.
      const then = { ...instance, tokens: point.tokens ?? instance.tokens ?? [] };
      assertMayAddData(locked.call, instance, data);
      await assertInput(models, locked.call, then, data, point.items?.find(isItem)?.tokenId);
      recordInstance(this.parts, locked);
      const { userName } = locked.call.principal;
      const restarted = await engine.host.restart({ 'items.id': item.id }, data, userName, { ...own });
      for (const { id, status } of restarted.getItems())
        if (status === 'wait') delete keptFor(restarted, id).completedBy;
      return restarted;
    };
    const done = await onLocked(this.parts, call, instanceId, 'instance:restart', work);
    // Timers of items that wait again were armed when they first waited, and have since ended.
    await timers.resumeOf(done.result.id);
    return viewOf(this.parts, done);
  }

  /**
   * Gives running instances the present source of their model, except those that have passed one of the given nodes.
   * An instance is left out if it cannot be upgraded: it works in the background, the model lacks what it has reached,
   * its own migration is not allowed, or others hold or change it. The audit trail says so.
   */
  async upgrade(call: Call, name: unknown, afterNodeIds: unknown): Promise<string[]> {
    const { calls, reads } = this.parts;
    const modelName = checkModelName(name);
    if (!Array.isArray(afterNodeIds) || !afterNodeIds.every((id) => typeof id === 'string'))
      throw new BadInput('bad-request', 'afterNodeIds must be a list of element ids.');
    if (call.scope('instance:migrate').kind === 'nothing')
      throw new AccessDenied('forbidden', 'You may not upgrade instances.');
    const model = await this.modelToRun(call, modelName);
    let fits = await this.asRun(model);
    const query = {
      name: modelName,
      status: { $nin: ['end', 'terminated'] },
      ...(afterNodeIds.length === 0 ? {} : { $nor: [{ 'items.elementId': { $in: afterNodeIds } }] }),
    };
    const ids: string[] = [];
    await reads.eachInstance(call, parseQuery(query, INSTANCE_FIELDS), (instance) => {
      if (runsBy(instance, model)) ids.push(instance.id);
    });
    const upgraded: string[] = [];
    for (const id of ids) {
      const work = async ({ call: now, command, instance, decision }: Locked): Promise<void> => {
        // Upgrading many takes a while, in which the model may be saved again.
        const present = await this.modelToRun(now, modelName);
        assertIdle(instance);
        assertStillMeant(instance, present, afterNodeIds);
        await assertMayMigrate(this.parts, now, instance, present);
        if (fits.source !== present.source) fits = await this.asRun(present);
        const { definition } = fits;
        assertFits(instance, definition);
        const { guard: kept } = instance;
        const guard = kept && {
          ...kept,
          rev: (kept.rev ?? 0) + 1,
          initiators: initiatorsAfter(kept, definition),
        };
        // An instance that keeps no source of its own runs by that of the model.
        const own = typeof instance.source === 'string' && {
          source: present.source,
          svg: present.svg ?? null,
        };
        const fields = { ...own, ...(guard && { guard }) };
        const write = (): Promise<boolean> => calls.store.instances.update(id, kept?.rev, fields);
        if (Object.keys(fields).length > 0 && !(await command.write(write)))
          throw new Conflict('conflict', 'The instance was changed in the meantime.');
        const target = { kind: 'instance', id, instanceId: id, name: modelName };
        await calls.audit.allowed(now.principal, 'instance:migrate', target, decision);
        upgraded.push(id);
      };
      await calls.store
        .bounded(() => onLocked(this.parts, call, id, 'instance:migrate', work))
        .catch((error: unknown) => this.leaveOut(call, id, error));
    }
    return upgraded;
  }

  /** @throws AccessDenied `not-found` if the caller may not read it */
  private async modelToRun(call: Call, name: string): Promise<StoredModel> {
    const { calls } = this.parts;
    const model = await calls.store.models.get(name, call.principal.owner ?? null);
    if (model === undefined) throw notFound('model');
    if (!calls.bypass && !(await mayReadModel(calls, call, model))) throw notFound('model');
    return model;
  }

  private async asRun({
    name,
    source,
  }: StoredModel): Promise<{ source: unknown; definition: HostDefinition }> {
    return { source, definition: await this.parts.models.definition(name, source ?? '') };
  }

  /** Records why an instance is not upgraded. @throws what concerns the caller, or all instances */
  private async leaveOut(call: Call, id: string, error: unknown): Promise<void> {
    if (concernsAll(error)) throw error;
    await call.again();
    const target = { kind: 'instance', id, instanceId: id };
    await this.parts.calls.audit.refused(call.principal, 'instance:migrate', target, error);
  }

  async get(call: Call, query: unknown): Promise<ExecutionView> {
    const { id } = await this.parts.reads.oneInstance(call, query);
    const execution = await this.parts.runner.look(id);
    if (!call.mayReadInstance(execution.instance as unknown as StoredInstance)) throw notFound('instance');
    return viewOf(this.parts, { call, result: execution });
  }
}
