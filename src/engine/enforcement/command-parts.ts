import { Conflict, CouldNotTell, GuardError, notFound } from '../../core/errors.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import type { SecureUser } from '../../core/principal.js';
import type { StoredInstance, StoredItem, StoredModel, UnwoundItem } from '../../store/port.js';
import { whole } from '../../store/query/stored.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import type { Decision } from '../../core/decision/decision.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import type { Cases, Hold } from '../execution/cases.js';
import type { Command } from '../execution/command.js';
import type { CommandRunner } from '../execution/command-runner.js';
import type { ScopedReads } from './scoped-reads.js';
import type { HostExecution } from '../model/host.js';
import type { HostModels } from '../execution/host-models.js';
import type { InnerEngine } from '../execution/inner-engine.js';
import type { Spread } from '../execution/spread.js';
import type { Timers } from '../execution/timers.js';
import type { CaseFacts } from '../model/case-facts.js';
import { definitionView } from '../model/definition-view.js';
import { taskState } from '../model/task-state.js';
import type { DefinitionView } from '../contract/definition-types.js';
import type { ExecutionView, TaskState } from '../contract/types.js';
import { mayReadModelOf } from './model-access.js';
import { statesFor, type Effect } from './effect.js';
import type { Done } from './done.js';
import { isKnown, UnreadTask, unreadRow } from './unread-task.js';
import { executionView } from './views.js';

/** The parts that all commands of one guard share. */
export interface CommandParts {
  readonly calls: Calls;
  readonly reads: ScopedReads;
  readonly runner: CommandRunner;
  readonly engine: InnerEngine;
  readonly models: HostModels;
  readonly timers: Timers;
  readonly spread: Spread;
  readonly cases: Cases;
}

/** A task, read again under its instance's lock. */
export interface LockedTask {
  /** The call, made again under the lock. */
  readonly call: Call;
  readonly command: Command;
  readonly instance: StoredInstance;
  readonly item: StoredItem;
  readonly state: TaskState | undefined;
  /** The decision about the first operation. */
  readonly decision: Decision;
}

/** @throws Conflict `wrong-state` */
function assertState(principal: SecureUser, state: TaskState | undefined, effect: Effect): void {
  const admitted = statesFor(principal, effect);
  if (state !== undefined && !admitted.includes(state))
    throw new Conflict(
      'wrong-state',
      `The task is ${state}; this needs one that is ${admitted.join(' or ')}.`,
    );
}

const ENDED: ReadonlySet<unknown> = new Set(['end', 'terminated']);

/** Whether anything can still be done with the instance. */
export const isRunning = ({ status }: StoredInstance): boolean => !ENDED.has(status);

/** @throws Conflict `wrong-state` if the instance is no longer running */
export function assertRunning(instance: StoredInstance): void {
  if (!isRunning(instance)) throw new Conflict('wrong-state', 'The instance has ended.');
}

/** @throws Conflict `wrong-state` if the instance has ended, or works in the background */
export function assertIdle(instance: StoredInstance): void {
  assertRunning(instance);
  if (instance.guard?.busy === true)
    throw new Conflict('wrong-state', 'Work of the instance continues in the background; it can be stopped.');
}

/** The model that the instance of a row runs. */
async function modelOf({ store }: Calls, row: UnwoundItem): Promise<StoredModel | undefined> {
  const { name } = row;
  return typeof name === 'string' ? store.models.get(name, modelsOwnerOf(row)) : undefined;
}

/** The one item of a command, where it was found already. */
export class FoundItem {
  constructor(readonly row: UnwoundItem) {}
}

/** The instance with the facts about the others in its case, which are stored with the command. */
function withFacts(command: Command, instance: StoredInstance, facts: CaseFacts | undefined): StoredInstance {
  if (facts === undefined) return instance;
  const { guard, id } = instance;
  if (guard === undefined)
    throw new CouldNotTell(
      'could-not-tell',
      'The instance was stored without the guard: run `bpmn-guard reindex`.',
    );
  command.learnt.set(id, facts);
  return { ...instance, guard: { ...guard, ...facts } };
}

/**
 * Finds the one item, decides, takes the lock, reads again, decides again, and only then lets `work` act on the
 * item's id. A refusal changes nothing.
 * @param query of the caller, or what it has found in this call
 * @param requested returns the requested effect, given the item as it is at that moment and the call
 */
export async function onItem<T>(
  { calls, cases, reads, runner }: CommandParts,
  call: Call,
  query: unknown,
  requested: (item: StoredItem, call: Call) => Effect,
  work: (task: LockedTask) => Promise<T>,
  noWait = false,
): Promise<Done<T>> {
  const look = async (asker: Call, where: unknown): Promise<UnwoundItem> => {
    const row =
      where instanceof FoundItem
        ? where.row
        : where instanceof UnreadTask
          ? (where.row ?? (await unreadRow(reads, asker, where)))
          : await reads.oneItem(asker, where);
    const admitted = requested(row.items, asker);
    for (const operation of admitted.operations)
      asker.assert(operation, await reads.resourceOf(asker, operation, row), true, admitted.facts);
    admitted.check?.(row.items, asker);
    if (!calls.bypass) assertState(asker.principal, taskState(row.items), admitted);
    return row;
  };
  const row = await look(call, query);
  const { id } = row.items;
  let now = call;
  let ofCase: CaseFacts | undefined;
  const underLock = async (hold: Hold): Promise<StoredModel | undefined> => {
    const [again, model] = await Promise.all([call.again(), modelOf(calls, row)]);
    now = again;
    if (now.inForce.duties.acrossInstances.has(row.name ?? '')) ofCase = await cases.lock(row, hold);
    return model;
  };
  const locked = async (command: Command, read: StoredInstance): Promise<T> => {
    // Whether its case is locked was looked up by the name from before.
    const { acrossInstances } = now.inForce.duties;
    if (read.name !== row.name && [read.name, row.name].some((name) => acrossInstances.has(name ?? '')))
      throw new Conflict('conflict', 'The instance was given another model in the meantime; try again.');
    const instance = withFacts(command, read, ofCase);
    const item = instance.items?.find((entry) => entry.id === id);
    if (item === undefined) throw notFound('task');
    const admitted = requested(item, now);
    const known = isKnown(now, { item, instance }, admitted);
    const [decision] = admitted.operations.map((operation) =>
      now.assert(operation, { item, instance }, known, admitted.facts),
    ) as [Decision];
    admitted.check?.(item, now);
    const state = taskState(item);
    if (!calls.bypass) assertState(now.principal, state, admitted);
    if (state === undefined && item.status !== 'wait')
      throw new Conflict('wrong-state', 'The element is not waiting.');
    assertRunning(instance);
    return work({ call: now, command, instance, item, state, decision });
  };
  const again = query instanceof UnreadTask ? new UnreadTask(query.id, query.effect) : { 'items.id': id };
  const stillWanted = async (): Promise<unknown> => look(await call.again(), again);
  const result = await runner.onInstance(row.id, call.principal, locked, { noWait, stillWanted, underLock });
  return { call: now, result };
}

/** The caller's view of an execution whose command has been stored, by the policies that decided it. */
export async function viewOf(
  { calls, runner }: CommandParts,
  { call, result: execution }: Done<HostExecution>,
  itemId?: string,
): Promise<ExecutionView> {
  const { id } = execution;
  const settled = async (): Promise<ExecutionView> => {
    await runner.background.whenSettled(execution);
    const stored = await calls.store.instances.load(id, LARGE_FIELDS);
    if (stored === undefined) throw notFound('instance');
    const now = await call.again();
    if (typeof stored.guard?.failure === 'string') throw new GuardError('failed', stored.guard.failure);
    return show(now, whole(stored));
  };
  const show = async (asker: Call, stored: StoredInstance): Promise<ExecutionView> => {
    const view = await executionView(asker, stored, itemId, settled);
    if (!asker.mayReadInstance(stored) || !(await mayReadModelOf(calls, asker, stored))) return view;
    let definition: DefinitionView | undefined;
    // The live definition would expose the server. Few callers look at it.
    const get = (): DefinitionView => (definition ??= definitionView(execution.definition));
    return Object.defineProperty(view, 'definition', { get });
  };
  return show(call, runner.background.storedOf(execution));
}
