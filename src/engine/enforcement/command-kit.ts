import { BadInput, Conflict, GuardError, notFound } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { SecureUser } from '../../core/principal.js';
import type { StoredInstance, StoredItem } from '../../store/port.js';
import type { Asking } from './asking.js';
import type { Command } from '../execution/context.js';
import type { CommandRunner } from '../execution/command-runner.js';
import type { Reads } from './data-api.js';
import type { HostExecution } from '../model/host.js';
import type { HostModels } from '../execution/host-models.js';
import type { InnerEngine } from '../execution/inner-engine.js';
import type { Timers } from '../execution/timers.js';
import { initiatorsOf, overwritten } from '../model/model-facts.js';
import { taskState } from '../model/task-state.js';
import type { Data, ExecutionView, TaskState } from '../contract/types.js';
import type { Views } from './views.js';

/** What the commands of one guard share. */
export interface CommandKit {
  readonly asking: Asking;
  readonly reads: Reads;
  readonly views: Views;
  readonly runner: CommandRunner;
  readonly engine: InnerEngine;
  readonly models: HostModels;
  readonly timers: Timers;
}

/** A task as it was read again under its instance's lock. */
export interface LockedTask {
  readonly command: Command;
  readonly instance: StoredInstance;
  readonly item: StoredItem;
  readonly state: TaskState | undefined;
  /** Which rule allowed the operation. */
  readonly reason: string;
}

/** Which states admit the operation; for administrators, who may complete any waiting task, others. */
export interface Admitted {
  readonly operation: Operation;
  readonly states: readonly TaskState[];
  readonly administratorsToo?: readonly TaskState[];
}

/** @throws Conflict `wrong-state` */
function assertState(
  principal: SecureUser,
  state: TaskState | undefined,
  { states, administratorsToo }: Admitted,
): void {
  const admitted = principal.isAdmin() ? [...states, ...(administratorsToo ?? [])] : states;
  if (state !== undefined && !admitted.includes(state))
    throw new Conflict(
      'wrong-state',
      `The task is ${state}; this needs one that is ${admitted.join(' or ')}.`,
    );
}

/**
 * Finds the one item, decides, takes the lock, reads again, decides again, and only then lets `work` act on its id.
 * A refusal leaves everything as it was (spec 08, 19).
 * @param wish what is asked for, given the item as it is at that moment
 */
export async function onItem<T>(
  kit: CommandKit,
  principal: SecureUser,
  query: unknown,
  wish: (item: StoredItem) => Admitted,
  work: (task: LockedTask) => Promise<T>,
  noWait = false,
): Promise<T> {
  const { asking, reads, runner, views } = kit;
  const admit = (
    item: StoredItem,
    instance: StoredInstance,
    readable: boolean,
  ): Pick<LockedTask, 'reason' | 'state'> => {
    const admitted = wish(item);
    const reason = asking.assert(principal, admitted.operation, { item, instance }, readable);
    const state = taskState(item);
    if (!asking.bypass) assertState(principal, state, admitted);
    return { reason, state };
  };
  const look = async (where: unknown): Promise<{ id: string; instanceId: string }> => {
    const { items, ...row } = await reads.oneItem(principal, where);
    admit(items, row as unknown as StoredInstance, true);
    return { id: items.id, instanceId: row.id as string };
  };
  const { id, instanceId } = await look(query);
  const locked = async (command: Command, instance: StoredInstance): Promise<T> => {
    const item = instance.items?.find((entry) => entry.id === id);
    if (item === undefined) throw notFound('task');
    const { reason, state } = admit(item, instance, views.mayReadItem(principal, instance, item));
    if (state === undefined && item.status !== 'wait')
      throw new Conflict('wrong-state', 'The element does not wait.');
    return work({ command, instance, item, state, reason });
  };
  const worthIt = (): Promise<unknown> => look({ 'items.id': id });
  return runner.onInstance(instanceId, principal, locked, { noWait, worthIt });
}

/** Input must not change who counts as the initiator (W8); the same value again is no change. */
export async function protectInitiator(
  models: HostModels,
  instance: StoredInstance,
  data: Data,
): Promise<void> {
  if (Object.keys(data).length === 0) return;
  const known = instance.guard?.initiators as string[] | undefined;
  const names =
    known ??
    initiatorsOf(
      await models.definition(
        instance.name ?? '',
        (instance.source as string | undefined) ?? (await models.getSource(instance.name)),
      ),
    );
  const [name] = overwritten(names, data, instance.data as Data | undefined);
  if (name !== undefined)
    throw new BadInput(
      'protected-variable',
      `The variable ${JSON.stringify(name)} holds the initiator and cannot be set.`,
    );
}

/** What the caller gets of an execution whose command has been stored. */
export function viewOf(
  kit: CommandKit,
  principal: SecureUser,
  execution: HostExecution,
  itemId?: string,
): ExecutionView {
  const { id } = execution;
  const settled = async (): Promise<ExecutionView> => {
    await kit.runner.whenSettled(execution);
    const stored = await kit.asking.store.instances.load(id);
    if (stored === undefined) throw notFound('instance');
    if (typeof stored.guard?.failure === 'string') throw new GuardError('failed', stored.guard.failure);
    return withDefinition(kit.views.execution(principal, stored, itemId, settled), execution);
  };
  return withDefinition(
    kit.views.execution(principal, kit.runner.storedOf(execution), itemId, settled),
    execution,
  );

  function withDefinition(view: ExecutionView, { definition }: HostExecution): ExecutionView {
    // Who may read the instance may read its model (spec 01); the live definition would hand out the server.
    const safe = {
      name: definition.name,
      source: definition.source,
      getJson: () => definition.getJson(),
      getFields: (elementId: string) => fieldsOf(definition, elementId),
    };
    if ('status' in view.instance) Object.defineProperty(view, 'definition', { value: Object.freeze(safe) });
    return view;
  }
}

/** Form fields of an element, as `camunda:formData` declares them. */
export function fieldsOf(definition: HostExecution['definition'], elementId: string): Data[] {
  const form = definition.nodes.get(elementId)?.behaviours.get('camunda:formData');
  return ((form?.fields as Data[] | undefined) ?? []).map(
    (field) => JSON.parse(JSON.stringify(field)) as Data,
  );
}
