import { AccessDenied, BadInput, Conflict } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import { checkAssignment, checkData, type CheckedAssignment } from './caller-input.js';
import { keptFor } from '../execution/adoption.js';
import {
  onItem,
  protectInitiator,
  viewOf,
  type Admitted,
  type CommandKit,
  type LockedTask,
} from './command-kit.js';
import type { StoredInstance, StoredItem } from '../../store/port.js';
import { namesIn } from '../model/derive.js';
import type { HostExecution } from '../model/host.js';
import { TRANSITIONS } from '../model/task-state.js';
import type { CommandOptions, Data, ExecutionView } from '../contract/types.js';

const COMPLETE: Admitted = {
  operation: 'task:execute',
  states: TRANSITIONS.complete,
  administratorsToo: ['delegated'],
};
const TAKE: Admitted = { operation: 'task:take', states: TRANSITIONS.take };
const RELEASE: Admitted = { operation: 'task:take', states: TRANSITIONS.release };
const ASSIGN: Admitted = { operation: 'task:assign', states: TRANSITIONS.assign };
const DELEGATE: Admitted = { operation: 'task:delegate', states: TRANSITIONS.delegate };
const RESOLVE: Admitted = { operation: 'task:read', states: TRANSITIONS.resolve };

/** What one command makes of a task. */
interface Change {
  readonly admitted: Admitted;
  readonly assignment: CheckedAssignment;
  /** Who lends the task by it. */
  readonly owner?: string;
}

const byId = (itemId: string): { 'items.id': string } => ({ 'items.id': itemId });
const to = (assignee: string | null): CheckedAssignment => ({ assignee, fields: {}, extras: {} });

/** The commands on one task. Each finds it among what the principal may see and acts on its id. */
export class TaskCommands {
  constructor(private readonly kit: CommandKit) {}

  private record(
    principal: SecureUser,
    admitted: Admitted,
    task: LockedTask,
    event: 'assigned' | 'completed',
    assignee?: string,
  ): void {
    const { instance, item, reason, command } = task;
    const { asking } = this.kit;
    const ids = { instanceId: instance.id, itemId: item.id };
    command.afterwards.push(async () => {
      await asking.audit.allowed(
        principal,
        admitted.operation,
        { kind: 'task', id: item.id, instanceId: instance.id, name: item.elementId },
        reason,
      );
      asking.events.emit({
        event,
        userName: principal.userName,
        operation: admitted.operation,
        ...ids,
        elementId: item.elementId,
        modelName: instance.name,
        ...(assignee === undefined ? {} : { assignee }),
      });
    });
  }

  /** Completes a task, or pushes another waiting element, which only administrators may (spec 08, 8). */
  async invoke(
    principal: SecureUser,
    query: unknown,
    input: unknown,
    options: CommandOptions,
  ): Promise<ExecutionView> {
    const { kit } = this;
    const data = checkData(input);
    if (options.startNodeId !== undefined)
      throw new BadInput('bad-option', 'startNodeId belongs to start, not to invoke.');
    let itemId = '';
    const noWait = options.noWait === true;
    const work = async (task: LockedTask): Promise<HostExecution> => {
      itemId = task.item.id;
      await protectInitiator(kit.models, task.instance, data);
      const execution = await kit.engine.host.invoke(
        { 'items.id': itemId },
        data,
        principal.userName,
        noWait ? { noWait } : {},
      );
      if (task.state !== undefined) {
        const kept = keptFor(execution, itemId);
        kept.completedBy = principal.userName;
        delete kept.owner;
      }
      this.record(principal, COMPLETE, task, 'completed');
      return execution;
    };
    const execution = await onItem(kit, principal, query, () => COMPLETE, work, noWait);
    return viewOf(kit, principal, execution, itemId);
  }

  /** A task is given back by who has it, or an administrator; another state is not another person. */
  private giving(principal: SecureUser, item: StoredItem): Admitted {
    const holder = namesIn(item.assignee)[0];
    if (
      holder !== undefined &&
      holder !== principal.userName &&
      !principal.isAdmin() &&
      !this.kit.asking.bypass
    ) {
      throw new AccessDenied(
        'forbidden',
        'You may not do this (task:take): it takes one of: assigned to you.',
      );
    }
    return RELEASE;
  }

  /** What `assign` means depends on what it sets: a take, a release, or an assignment (spec 08, 6). */
  private meaning(principal: SecureUser, { assignee }: CheckedAssignment, item: StoredItem): Admitted {
    if (assignee === null) return this.giving(principal, item);
    return assignee === principal.userName &&
      namesIn(item.assignee)[0] !== principal.userName &&
      !principal.isAdmin()
      ? TAKE
      : ASSIGN;
  }

  assign(
    principal: SecureUser,
    query: unknown,
    input: unknown,
    assignmentInput: unknown,
  ): Promise<ExecutionView> {
    const data = checkData(input);
    const assignment = checkAssignment(assignmentInput ?? {});
    return this.change(
      principal,
      query,
      (item) => ({ admitted: this.meaning(principal, assignment, item), assignment }),
      data,
    );
  }

  /** @param plan asked twice: of the item as it was found, and as it is under the lock */
  private async change(
    principal: SecureUser,
    query: unknown,
    plan: (item: StoredItem) => Change,
    data: Data = {},
  ): Promise<ExecutionView> {
    const { kit } = this;
    let itemId = '';
    const work = async (task: LockedTask): Promise<HostExecution> => {
      if (task.state === undefined) throw new Conflict('wrong-state', 'Only a user task can be assigned.');
      const { admitted, assignment, owner } = plan(task.item);
      const { assignee, fields, extras } = assignment;
      itemId = task.item.id;
      if (typeof assignee === 'string') await this.assertTarget(assignee, principal, task.instance);
      if (Object.keys(data).length > 0) await this.assertData(principal, task, data);
      const set = { ...fields, ...(assignee === undefined ? {} : { assignee }) };
      const execution = await kit.engine.host.assign(
        { 'items.id': itemId },
        data,
        set,
        principal.userName,
        {},
      );
      await execution.worker;
      const kept = keptFor(execution, itemId);
      // Whom a task was lent to does not come to own it by assigning it to themselves.
      const hasIt = assignee === principal.userName && namesIn(task.item.assignee)[0] === assignee;
      if (assignee !== undefined && !hasIt) delete kept.owner;
      if (owner !== undefined) kept.owner = owner;
      if (Object.keys(extras).length > 0) kept.extras = { ...(kept.extras as Data | undefined), ...extras };
      this.record(principal, admitted, task, 'assigned', typeof assignee === 'string' ? assignee : undefined);
      return execution;
    };
    const execution = await onItem(kit, principal, query, (item) => plan(item).admitted, work);
    return viewOf(kit, principal, execution, itemId);
  }

  /** Data that comes with an assignment is written by who may complete the task, or change the instance's data. */
  private async assertData(principal: SecureUser, { item, instance }: LockedTask, data: Data): Promise<void> {
    const { asking, models } = this.kit;
    if (
      !asking.allows(principal, 'task:execute', { item, instance }) &&
      !asking.allows(principal, 'instance:data', { instance })
    ) {
      throw new AccessDenied(
        'forbidden',
        'You may not write data with this assignment; only the assignee may.',
      );
    }
    await protectInitiator(models, instance, data);
  }

  /** The target of an assignment must exist where there is a directory, and belong to the instance's tenant. */
  private async assertTarget(name: string, principal: SecureUser, instance: StoredInstance): Promise<void> {
    const { asking } = this.kit;
    if (asking.bypass || name === principal.userName) return;
    if (!(await asking.principals.isAssignable(name, instance.tenantId ?? null)))
      throw new BadInput('bad-assignment', 'The user to whom the task would be assigned is not known.');
  }

  take(principal: SecureUser, itemId: string): Promise<ExecutionView> {
    return this.change(principal, byId(itemId), () => ({
      admitted: TAKE,
      assignment: to(principal.userName),
    }));
  }

  release(principal: SecureUser, itemId: string): Promise<ExecutionView> {
    return this.change(principal, byId(itemId), (item) => ({
      admitted: this.giving(principal, item),
      assignment: to(null),
    }));
  }

  async assignTo(principal: SecureUser, itemId: string, assignee: string): Promise<ExecutionView> {
    if (typeof assignee !== 'string')
      throw new BadInput('bad-assignment', 'A task is assigned to a user, by name.');
    return this.assign(principal, byId(itemId), {}, { assignee });
  }

  /** Lends the task; who lent it keeps reading it and may recall it. */
  delegate(principal: SecureUser, itemId: string, target: string): Promise<ExecutionView> {
    const { assignee } = checkAssignment({ assignee: target });
    if (typeof assignee !== 'string')
      throw new BadInput('bad-assignment', 'A task is delegated to a user, by name.');
    return this.change(principal, byId(itemId), (item) => {
      const owner = namesIn(item.assignee)[0];
      if (owner === assignee)
        throw new BadInput('bad-assignment', 'A task cannot be delegated to who has it.');
      return { admitted: DELEGATE, assignment: to(assignee), owner: owner ?? principal.userName };
    });
  }

  /** The delegate gives the task back, or its owner recalls it. */
  resolve(principal: SecureUser, itemId: string): Promise<ExecutionView> {
    return this.change(principal, byId(itemId), (item) => {
      const owner = item.guard?.owner;
      const concerned =
        principal.isAdmin() ||
        owner === principal.userName ||
        namesIn(item.assignee)[0] === principal.userName;
      if (owner !== undefined && !concerned)
        throw new AccessDenied(
          'forbidden',
          'Only the delegate, the owner or an administrator may resolve the delegation.',
        );
      return { admitted: RESOLVE, assignment: to(owner ?? null) };
    });
  }
}
