import { today } from '../../core/clock.js';
import { BadInput, Conflict } from '../../core/errors.js';
import type { GuardEvent, ItemView } from '../contract/types.js';
import type { Handed, ItemGuard, StoredInstance, StoredItem } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';
import { namesIn } from '../model/derive.js';
import { escalationCatcher } from '../execution/escalation-catcher.js';
import { keptFor } from '../execution/kept.js';
import { keptOf, rewrite } from '../execution/rewrite.js';
import type { HostExecution } from '../model/host.js';
import type { Call } from './call.js';
import { checkHanded } from './caller-input.js';
import { onItem, type FoundItem, viewOf, type CommandParts, type LockedTask } from './command-parts.js';
import { statesFor, type Effect } from './effect.js';
import { updateRejections, rejectersOf } from './stuck.js';
import { ESCALATE, REJECT, RESUME, SUSPEND, TAKE, UNDO_REJECT } from './task-admission.js';
import { assertTarget, assertTargetGroup, NOTHING_FOLLOWS, type Given } from './targets.js';
import { reserve } from './labelling.js';
import { recordTask } from './task-record.js';
import type { UnreadTask } from './unread-task.js';
import { instanceView } from './views.js';

/** How many people may reject one task. */
const REJECTERS_MOST = 1000;

/** The task is the caller's already, not only lent to the caller, or free for the caller to take. */
function mayHave({ call, instance, item, state }: LockedTask): boolean {
  const owner = item.guard?.owner ?? namesIn(item.assignee)[0];
  if (owner !== undefined) return owner === call.principal.userName;
  return (
    statesFor(call.principal, TAKE).some((free) => free === state) &&
    call.allows('task:take', { instance, item })
  );
}

const wrongState = (message: string): Conflict => new Conflict('wrong-state', message);

/** The changes to a task; its own fields cannot be among them. */
type Change = (kept: ItemGuard, task: LockedTask) => void;

/** The commands on the life of one task that bpmn-server does not have. */
export class TaskLife {
  constructor(private readonly parts: CommandParts) {}

  /** Changes what is kept about a task, in one write; bpmn-server is not asked. */
  private async change(
    call: Call,
    itemId: string,
    effect: Effect,
    event: GuardEvent['event'],
    check: (item: StoredItem, asker: Call) => void,
    change: Change,
    query: FoundItem | UnreadTask,
  ): Promise<ItemView | undefined> {
    const { parts } = this;
    const { calls, models } = parts;
    const requested = (): Effect => ({ ...effect, check });
    const work = async (task: LockedTask): Promise<StoredInstance> => {
      if (task.state === undefined) throw wrongState('Only a user task can be treated like this.');
      const { store, principals } = calls;
      const changed = await rewrite(
        { store, models },
        task.command,
        task.instance,
        async (document, guard) => {
          const kept = keptOf(guard, itemId);
          change(kept, task);
          const item = itemsOf(document).find(({ id }) => id === itemId);
          await updateRejections(principals, item, kept, document.tenantId ?? null);
        },
      );
      recordTask(calls, effect, task, event);
      return changed;
    };
    const done = await onItem(parts, call, query, requested, work);
    const { items } = await instanceView(done.call, done.result, false, itemId);
    return items.find(({ id }) => id === itemId);
  }

  /** The task leaves the principal's lists and stays for the other candidates. */
  reject(call: Call, found: UnreadTask): Promise<ItemView | undefined> {
    const check = ({ guard = {} }: StoredItem, { principal }: Call): void => {
      const rejecters = rejectersOf(guard);
      if (rejecters.includes(principal.userName)) throw wrongState('You have already rejected this task.');
      if (rejecters.length >= REJECTERS_MOST)
        throw new BadInput('too-large', `At most ${REJECTERS_MOST} people may reject a task.`);
    };
    const change: Change = (kept, task) => {
      kept.rejectedBy = [...rejectersOf(kept), task.call.principal.userName];
    };
    return this.change(call, found.id, REJECT, 'rejected', check, change, found);
  }

  /** Takes the principal's own refusal back. */
  undoReject(call: Call, found: UnreadTask): Promise<ItemView | undefined> {
    const check = ({ guard = {} }: StoredItem, { principal }: Call): void => {
      if (!rejectersOf(guard).includes(principal.userName))
        throw wrongState('You have not rejected this task.');
    };
    const change: Change = (kept, task) => {
      kept.rejectedBy = rejectersOf(kept).filter((name) => name !== task.call.principal.userName);
    };
    return this.change(call, found.id, UNDO_REJECT, 'rejected', check, change, found);
  }

  /** Nothing can be done with the task, and its boundary events wait, until it is resumed. */
  suspend(call: Call, found: FoundItem): Promise<ItemView | undefined> {
    const change: Change = (kept, task) => {
      kept.suspension = { by: task.call.principal.userName, at: today() };
    };
    return this.change(call, found.row.items.id, SUSPEND, 'suspended', () => undefined, change, found);
  }

  /** The task is as it was before; timers that came due in the meantime fire now. */
  async resume(call: Call, found: FoundItem): Promise<ItemView | undefined> {
    const check = ({ guard }: StoredItem): void => {
      if (guard?.suspended === true && guard.suspension === undefined)
        throw wrongState('The instance of the task is suspended; resume the instance.');
    };
    const change: Change = (kept) => {
      delete kept.suspension;
    };
    const { row } = found;
    const item = await this.change(call, row.items.id, RESUME, 'resumed', check, change, found);
    await this.parts.spread.awake(row.id);
    return item;
  }

  /**
   * Hands the task over to a user or a group, by default to the one that the model names. Triggers an
   * escalation event that waits for it in the instance.
   */
  async escalate(call: Call, found: UnreadTask, given: unknown): Promise<ItemView | undefined> {
    const { parts } = this;
    const { id: itemId } = found;
    const named = checkHanded(given);
    const work = async (task: LockedTask): Promise<HostExecution> => {
      if (task.state === undefined) throw wrongState('Only a user task can be escalated.');
      const to = named ?? task.item.guard?.escalateTo;
      if (to === undefined)
        throw new BadInput(
          'bad-assignment',
          'The model names nobody to escalate to; name a user or a group.',
        );
      const { overridden, labels } = await this.assertHanded(to, task, named === undefined);
      const { userName } = task.call.principal;
      const set =
        'user' in to
          ? { assignee: to.user }
          : { assignee: null, candidateUsers: [], candidateGroups: [to.group] };
      const execution = await parts.engine.host.assign({ 'items.id': itemId }, {}, set, userName, {});
      await execution.worker;
      const kept = keptFor(execution, itemId) as ItemGuard;
      const item = execution.getItems().find(({ id }) => id === itemId);
      delete kept.owner;
      reserve(execution, itemId, labels);
      kept.escalation = { by: userName, at: today(), to, times: (kept.escalation?.times ?? 0) + 1 };
      await updateRejections(parts.calls.principals, item, kept, task.instance.tenantId ?? null);
      recordTask(parts.calls, ESCALATE, task, 'escalated', 'user' in to ? to.user : undefined, overridden);
      const catcher = item && escalationCatcher(execution, item, task.command.suspended);
      if (catcher !== undefined) await execution.signalItem(catcher.id, {}, userName, {});
      return execution;
    };
    return (await viewOf(parts, await onItem(parts, call, found, () => ESCALATE, work), itemId)).item;
  }

  /** @param byModel the model says to whom it is escalated */
  private async assertHanded(to: Handed, task: LockedTask, byModel: boolean): Promise<Given> {
    const { calls } = this.parts;
    const { principal } = task.call;
    if (!principal.isAdmin()) {
      if ('user' in to && to.user === principal.userName)
        throw new BadInput('bad-assignment', 'A task cannot be escalated to oneself.');
      // Whoever started the instance would get the task of another by way of a group.
      if ('group' in to && !byModel && principal.inGroup(to.group) && !mayHave(task))
        throw new BadInput(
          'bad-assignment',
          'A task cannot be escalated to a group that you are in yourself.',
        );
    }
    if ('user' in to) return assertTarget(calls, to.user, task);
    await assertTargetGroup(calls, to.group, task);
    return NOTHING_FOLLOWS;
  }
}
