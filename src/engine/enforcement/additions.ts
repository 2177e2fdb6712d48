import { randomUUID } from 'node:crypto';
import { CALL_ACTIVITY, USER_TASK } from '../../core/condition/element-types.js';
import { AccessDenied, BadInput, Conflict, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { CaseOperation } from '../../core/policies/case-roles/operations.js';
import { isPlainObject } from '../../core/value.js';
import type { InstanceGuard, StoredInstance, StoredItem } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';
import type { ExecutionView, ItemView } from '../contract/types.js';
import { guardOf } from '../execution/commit.js';
import { keptFor } from '../execution/kept.js';
import { rewrite } from '../execution/rewrite.js';
import { AD_HOC_TASK, adHocOf, withAdHocTask } from '../model/ad-hoc.js';
import { namesIn } from '../model/derive.js';
import type { HostExecution } from '../model/host.js';
import type { Call } from './call.js';
import { checkAssignment, checkData, type CheckedAssignment } from './caller-input.js';
import { assertRunning, viewOf, type CommandParts } from './command-parts.js';
import { onLocked, recordInstance, type About, type Locked } from './locked-instance.js';
import { mayReadModel } from './model-access.js';
import { reserve, win } from './labelling.js';
import { assignEffect } from './task-admission.js';
import { startFacts, startResource } from './starting.js';
import { assertTarget, NOTHING_FOLLOWS } from './targets.js';

/** How many tasks, and how many processes, may be added to one instance; and how long the name of a task may be. */
const MOST = { tasks: 100, processes: 1000, name: 200 } as const;

/** What is about to be added is not an element of the model, so rules about elements do not apply to it. */
const adding = (item: StoredItem, caseOperation: CaseOperation): About => ({
  item,
  facts: Object.freeze({ caseOperation }),
});
const ADD_TASK = adding({ id: '', elementId: AD_HOC_TASK, type: USER_TASK }, 'ADD_TASK_TO_CASE');
const ADD_PROCESS = adding({ id: '', elementId: '', type: CALL_ACTIVITY }, 'ADD_PROCESS_TO_CASE');

interface NewTask {
  readonly name: string;
  readonly assignment: CheckedAssignment;
}

/** @throws BadInput `bad-request`, `bad-assignment` */
function checkTask(given: unknown): NewTask {
  if (!isPlainObject(given)) throw new BadInput('bad-request', 'A task must be a plain object with a name.');
  const { name, ...rest } = given;
  if (typeof name !== 'string' || name.trim() === '' || name.length > MOST.name)
    throw new BadInput('bad-request', `A task needs a name of at most ${MOST.name} characters.`);
  const assignment = checkAssignment(rest);
  const { assignee, fields } = assignment;
  if (
    namesIn(assignee).length +
      namesIn(fields.candidateUsers).length +
      namesIn(fields.candidateGroups).length ===
    0
  )
    throw new BadInput('bad-assignment', 'An added task must name an assignee or candidates.');
  return { name: name.trim(), assignment };
}

/**
 * Who may add a task also gives it to somebody: nothing may restrict that. It needs no permission of its own, since
 * there is no task without.
 * @throws AccessDenied `forbidden`; CouldNotTell
 */
function assertMayAssign(
  call: Call,
  assignment: CheckedAssignment,
  task: { readonly instance: StoredInstance; readonly item: StoredItem },
  bypass: boolean,
): void {
  for (const operation of assignEffect(call, assignment, task.item, bypass).operations) {
    const { says } = call.against(operation, task);
    if (says.length > 0)
      throw new AccessDenied('forbidden', `You may not do this (${operation}): ${says.join('; ')}.`);
  }
}

/** @throws Conflict `wrong-state` if it has ended or is suspended; `instance-full` */
function assertTakes(instance: StoredInstance, had: number, most: number): void {
  assertRunning(instance);
  if (instance.guard?.suspension !== undefined)
    throw new Conflict('wrong-state', 'The instance is suspended.');
  if (had >= most)
    throw new Conflict('instance-full', `At most ${most} of these can be added to an instance.`);
}

/** Adds tasks and processes to running instances. */
export class Additions {
  constructor(private readonly parts: CommandParts) {}

  private find(call: Call, where: unknown): Promise<StoredInstance> {
    return this.parts.reads.oneInstance(call, typeof where === 'string' ? { id: where } : where);
  }

  /**
   * Adds a user task. Its element goes into the instance's own source first; a crash before the task has started leaves
   * an element that nothing leads to.
   */
  async task(call: Call, where: unknown, given: unknown): Promise<ItemView | undefined> {
    const { parts } = this;
    const task = checkTask(given);
    const found = await this.find(call, where);
    let itemId = '';
    const done = await onLocked(
      parts,
      call,
      found,
      'instance:event',
      async (locked) => {
        const live = await this.startTask(locked, task);
        itemId = live.item?.id ?? '';
        return live;
      },
      ADD_TASK,
    );
    return (await viewOf(parts, done, itemId)).item;
  }

  private async startTask(locked: Locked, { name, assignment }: NewTask): Promise<HostExecution> {
    const { calls, models, engine } = this.parts;
    const { instance, command } = locked;
    const had = itemsOf(instance).filter(({ elementId }) => elementId?.startsWith(AD_HOC_TASK)).length;
    assertTakes(instance, had, MOST.tasks);
    if (typeof instance.source !== 'string')
      throw new Conflict(
        'wrong-state',
        'The instance keeps no source of its own, so no element can be added.',
      );
    const { assignee, fields, extras } = assignment;
    const elements = adHocOf(randomUUID().slice(0, 13));
    const item = { id: elements.task, elementId: elements.task, type: USER_TASK, status: 'wait' };
    assertMayAssign(locked.call, assignment, { instance, item }, calls.bypass);
    const { labels } =
      typeof assignee === 'string'
        ? await assertTarget(calls, assignee, { call: locked.call, instance, item })
        : NOTHING_FOLLOWS;
    const source = withAdHocTask(instance.source, elements, name);
    const definition = source && (await models.definition(instance.name ?? '', source));
    if (source === undefined || !definition || !definition.nodes.has(elements.task))
      throw new Conflict('wrong-state', 'No element can be added to the source of the instance.');
    const rewriting = { store: calls.store, models };
    const addSource = (document: StoredInstance): string[] => {
      document.source = source;
      return ['source'];
    };
    const changed = await rewrite(rewriting, command, instance, addSource, true);
    command.loaded.set(instance.id, changed);
    const { userName } = locked.call.principal;
    const live = await engine.host.startEvent(instance.id, elements.start, {}, userName, {});
    const added = live.getItems().find(({ elementId }) => elementId === elements.task);
    if (added === undefined) throw new Conflict('wrong-state', 'The task did not start.');
    const set = { ...fields, ...(assignee === undefined ? {} : { assignee }) };
    await (live.assign as (...args: unknown[]) => Promise<unknown>)(added.id, {}, set, userName, {});
    reserve(live, added.id, labels);
    if (Object.keys(extras).length > 0) keptFor(live, added.id).extras = { ...extras };
    recordInstance(this.parts, locked, elements.task);
    live.item = added;
    return live;
  }

  /** Starts a process that belongs to the instance; both are stored with one write. */
  async process(call: Call, where: unknown, given: unknown, input: unknown): Promise<ExecutionView> {
    const { parts } = this;
    const name = checkModelName(given);
    const data = checkData(input);
    const found = await this.find(call, where);
    const done = await onLocked(
      parts,
      call,
      found,
      'instance:event',
      (locked) => this.startProcess(locked, name, data),
      ADD_PROCESS,
    );
    return viewOf(parts, done, done.result.item?.id);
  }

  private async startProcess(
    locked: Locked,
    name: string,
    data: Record<string, unknown>,
  ): Promise<HostExecution> {
    const { calls, engine } = this.parts;
    const { instance, command, call } = locked;
    const processes = (guard: InstanceGuard | undefined): string[] => guard?.processes ?? [];
    assertTakes(instance, processes(instance.guard).length, MOST.processes);
    const model = await calls.store.models.get(name, command.modelsOwner ?? null);
    if (model === undefined) throw notFound('model');
    const [start] = await startFacts(this.parts, model);
    if (start === undefined) throw notFound('model');
    const asked = startResource({ model, start }, data);
    const decision = call.assert('instance:start', asked, await mayReadModel(calls, call, model));
    const labels = call.inForce.grid.labelsWonBy(call.principal, asked, true);
    const above = await engine.live(instance.id);
    command.model = model;
    const { userName } = call.principal;
    const live = await engine.host.start(model.name, data, start.elementId, userName, {});
    guardOf(live.instance).addedTo = instance.id;
    win(live, labels, userName);
    const guard = guardOf(above.instance);
    guard.processes = [...processes(guard), live.id];
    await above.save();
    recordInstance(this.parts, locked, model.name);
    const target = { kind: 'instance', id: live.id, instanceId: live.id, name: model.name };
    const { principal } = call;
    const operation = 'instance:start';
    command.afterwards.push(async () => {
      await calls.audit.allowed(principal, operation, target, decision);
      calls.events.emit({
        event: 'started',
        userName,
        operation,
        instanceId: live.id,
        modelName: model.name,
      });
    });
    return live;
  }
}
