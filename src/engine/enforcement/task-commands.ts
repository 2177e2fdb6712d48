import { BadInput, Conflict } from '../../core/errors.js';
import {
  checkAssignment,
  checkData,
  hostOptions,
  type CheckedAssignment,
  type CheckedOptions,
} from './caller-input.js';
import { keptFor } from '../execution/kept.js';
import { FoundItem, onItem, viewOf, type CommandParts, type LockedTask } from './command-parts.js';
import type { Effect } from './effect.js';
import { assertInput } from './input.js';
import {
  COMPLETE,
  DELEGATE,
  releaseEffect,
  assignEffect,
  RESOLVE,
  TAKE,
  withData,
} from './task-admission.js';
import { assertTarget, overriddenBy } from './targets.js';
import type { Call } from './call.js';
import { labelsOfDoing, reserve, win } from './labelling.js';
import { recordTask } from './task-record.js';
import { updateRejections } from './stuck.js';
import type { StoredItem } from '../../store/port.js';
import { inOwnPart } from '../model/data-path.js';
import { namesIn } from '../model/derive.js';
import type { HostExecution } from '../model/host.js';
import type { Data, ExecutionView } from '../contract/types.js';

/** The change that a command makes to a task. */
interface Change {
  readonly admitted: Effect;
  readonly assignment: CheckedAssignment;
  /** Who lends the task. */
  readonly owner?: string;
}

const to = (assignee: string | null): CheckedAssignment => ({ assignee, fields: {}, extras: {} });

/** @throws BadInput `bad-assignment` for an invalid user name */
export function checkAssignee(given: unknown, verb: 'assigned' | 'delegated'): string {
  if (typeof given !== 'string')
    throw new BadInput('bad-assignment', `A task must be ${verb} to a user name.`);
  return checkAssignment({ assignee: given }).assignee as string;
}

/** The commands on one task, which was found among those that the principal may see. Each acts on its id. */
export class TaskCommands {
  constructor(private readonly parts: CommandParts) {}

  /** Finds the one item of a command. */
  async find(call: Call, query: unknown): Promise<FoundItem> {
    return new FoundItem(await this.parts.reads.oneItem(call, query));
  }

  /** Finds the one item to complete. What is wrong with the rest of the call is said first. */
  async findFor(call: Call, query: unknown, input: unknown): Promise<FoundItem> {
    checkData(input);
    return this.find(call, query);
  }

  /** Finds the one item to assign, as `findFor` does. */
  async findToAssign(call: Call, query: unknown, input: unknown, assignment: unknown): Promise<FoundItem> {
    checkData(input);
    checkAssignment(assignment ?? {});
    return this.find(call, query);
  }

  /** Completes a task. Administrators may also continue any other waiting element. */
  async invoke(
    call: Call,
    query: FoundItem,
    input: unknown,
    options: CheckedOptions,
  ): Promise<ExecutionView> {
    const { parts } = this;
    const data = checkData(input);
    let itemId = '';
    const noWait = options.noWait === true;
    const work = async (task: LockedTask): Promise<HostExecution> => {
      itemId = task.item.id;
      const { userName } = task.call.principal;
      const overridden = overriddenBy(task.call, task, 'task:execute');
      await assertInput(parts.models, task.call, task.instance, data, task.item.tokenId);
      const labels = labelsOfDoing(task);
      const execution = await parts.engine.host.invoke(
        { 'items.id': itemId },
        data,
        userName,
        hostOptions(options),
      );
      if (task.state !== undefined) {
        const kept = keptFor(execution, itemId);
        kept.completedBy = userName;
        delete kept.owner;
        delete kept.labels;
      }
      win(execution, labels, userName);
      recordTask(parts.calls, COMPLETE, task, 'completed', undefined, overridden);
      return execution;
    };
    return viewOf(parts, await onItem(parts, call, query, () => COMPLETE, work, noWait), itemId);
  }

  assign(
    call: Call,
    query: FoundItem,
    input: unknown,
    assignmentInput: unknown,
    options?: CheckedOptions,
  ): Promise<ExecutionView> {
    const data = checkData(input);
    const assignment = checkAssignment(assignmentInput ?? {});
    return this.change(
      call,
      query,
      (item, asker) => {
        const meant = assignEffect(asker, assignment, item, this.parts.calls.bypass);
        // Data given with an assignment has the effect of completing: it is written to the task's data.
        if (Object.keys(data).length === 0) return { admitted: meant, assignment };
        return { admitted: withData(meant), assignment };
      },
      data,
      options,
    );
  }

  /** @param plan called twice: with the item as found, and with the item as it is under the lock */
  private async change(
    call: Call,
    query: FoundItem,
    plan: (item: StoredItem, call: Call) => Change,
    data: Data = {},
    options?: CheckedOptions,
  ): Promise<ExecutionView> {
    const { parts } = this;
    let itemId = '';
    const work = async (task: LockedTask): Promise<HostExecution> => {
      if (task.state === undefined) throw new Conflict('wrong-state', 'Only a user task can be assigned.');
      const { admitted, assignment, owner } = plan(task.item, task.call);
      const { assignee, fields, extras } = assignment;
      const { userName } = task.call.principal;
      itemId = task.item.id;
      const given =
        typeof assignee === 'string' ? await assertTarget(parts.calls, assignee, task, owner) : undefined;
      const overridden = [
        ...(given?.overridden ?? []),
        ...(admitted.operations.includes('task:execute')
          ? overriddenBy(task.call, task, 'task:execute')
          : []),
      ];
      await assertInput(parts.models, task.call, task.instance, data, task.item.tokenId);
      const set = { ...fields, ...(assignee === undefined ? {} : { assignee }) };
      const execution = await parts.engine.host.assign(
        { 'items.id': itemId },
        inOwnPart(task.instance, task.item.tokenId, data),
        set,
        userName,
        { ...options?.own },
      );
      await execution.worker;
      const kept = keptFor(execution, itemId);
      const changed = execution.getItems().find(({ id }) => id === itemId);
      await updateRejections(parts.calls.principals, changed, kept, task.instance.tenantId ?? null);
      // A borrower does not become the owner by assigning the task to themselves.
      const hasIt = assignee === userName && namesIn(task.item.assignee)[0] === assignee;
      if (assignee !== undefined && !hasIt) delete kept.owner;
      if (owner !== undefined) kept.owner = owner;
      if (assignee !== undefined) reserve(execution, itemId, given?.labels ?? {});
      if (Object.keys(extras).length > 0) kept.extras = { ...(kept.extras as Data | undefined), ...extras };
      recordTask(
        parts.calls,
        admitted,
        task,
        'assigned',
        typeof assignee === 'string' ? assignee : undefined,
        [...new Set(overridden)],
      );
      return execution;
    };
    const wish = (item: StoredItem, asker: Call): Effect => plan(item, asker).admitted;
    return viewOf(parts, await onItem(parts, call, query, wish, work), itemId);
  }

  take(call: Call, found: FoundItem): Promise<ExecutionView> {
    return this.change(call, found, (_item, asker) => ({
      admitted: TAKE,
      assignment: to(asker.principal.userName),
    }));
  }

  release(call: Call, found: FoundItem): Promise<ExecutionView> {
    return this.change(call, found, (item, asker) => ({
      admitted: releaseEffect(asker, item, this.parts.calls.bypass),
      assignment: to(null),
    }));
  }

  assignTo(call: Call, found: FoundItem, given: unknown): Promise<ExecutionView> {
    return this.assign(call, found, {}, { assignee: checkAssignee(given, 'assigned') });
  }

  /** Lends the task. The lender may still read it and may recall it. */
  delegate(call: Call, found: FoundItem, given: unknown): Promise<ExecutionView> {
    const assignee = checkAssignee(given, 'delegated');
    return this.change(call, found, (item, asker) => {
      const owner = namesIn(item.assignee)[0];
      if (owner === assignee)
        throw new BadInput('bad-assignment', 'A task cannot be delegated to the user who has it.');
      return { admitted: DELEGATE, assignment: to(assignee), owner: owner ?? asker.principal.userName };
    });
  }

  /** The delegate gives the task back, or its owner recalls it. */
  resolve(call: Call, found: FoundItem): Promise<ExecutionView> {
    return this.change(call, found, (item) => ({
      admitted: RESOLVE,
      assignment: to(item.guard?.owner ?? null),
    }));
  }
}
