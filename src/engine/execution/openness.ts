import { within } from '../../core/within.js';
import { cleanNames, namesIn } from '../model/derive.js';
import { PEOPLE } from '../model/dialects/understood.js';
import type { HostExecution, HostItem } from '../model/host.js';
import type { Command } from './command.js';
import { guardOf } from './commit.js';
import { keptFor } from './kept.js';

/** How long a command waits for listeners that may assign a task, in milliseconds. */
const LISTENERS_MAY_TAKE = 5000;

/** The states in which the code that assigns a task has run. */
const ASSIGNED: ReadonlySet<string> = new Set(['wait', 'end']);

/**
 * Decides which tasks are open, at the commit of a command, because listeners may assign a task after its model has
 * been evaluated. A task without any restriction by then is open; no task becomes open later.
 */
export class Openness {
  /** The fields of an item after its model was evaluated. */
  private readonly evaluated = new WeakMap<HostItem, readonly unknown[]>();

  /** Records that the model does not restrict the task. The commit decides whether anything else does. */
  leave(item: HostItem, kept: Record<string, unknown>): void {
    kept.undecided = true;
    this.evaluated.set(
      item,
      PEOPLE.map((property) => item[property]),
    );
  }

  /** Whether the execution has undecided tasks. */
  private isUndecided({ instance }: HostExecution): boolean {
    return Object.values(guardOf(instance)?.items ?? {}).some(({ undecided }) => undecided === true);
  }

  /** Waits for listeners that may still assign, if a task would be open otherwise. */
  async decideAll(command: Command): Promise<void> {
    const undecided = [...command.executions.values()].filter((live) => this.isUndecided(live));
    if (undecided.length === 0) return;
    const listening = ended(command.listening).then(
      () => true,
      () => false,
    );
    const all = await within(LISTENERS_MAY_TAKE, listening, () => false);
    const { failedListeners } = command;
    for (const execution of undecided)
      for (const { id: itemId, elementId } of this.decide(execution, all ? failedListeners : undefined)) {
        const what = failedListeners.has(itemId)
          ? 'a listener that may assign it failed'
          : all
            ? 'a listener assigned it to nobody'
            : 'a listener that may assign it did not end';
        keptFor(execution, itemId).why = what;
        command.failures.push({ what: `${elementId}: ${what}`, instanceId: execution.id, itemId });
      }
  }

  /**
   * @param failed the items for which code that may assign has failed; undefined: some of it has not ended. Where it
   * cannot be told whether a task would have been assigned, it is closed.
   * @returns the tasks that were assigned to nobody, and those that could not be decided
   */
  private decide(execution: HostExecution, failed: ReadonlySet<string> | undefined): readonly HostItem[] {
    const items = new Map(execution.getItems().map((item) => [item.id, item]));
    const closed: HostItem[] = [];
    for (const [id, kept] of Object.entries(guardOf(execution.instance).items ?? {})) {
      const item = items.get(id);
      if (kept.undecided !== true || item === undefined || !ASSIGNED.has(item.status)) continue;
      delete kept.undecided;
      const before = this.evaluated.get(item);
      const touched = before !== undefined && PEOPLE.some((property, at) => item[property] !== before[at]);
      if (touched) tidy(item);
      if (PEOPLE.some((property) => namesIn(item[property]).length > 0)) continue;
      if (failed !== undefined && !failed.has(id) && !touched) kept.open = true;
      else closed.push(item);
    }
    return closed;
  }
}

/** Resolves when all work has ended, including work added in the meantime. */
async function ended(work: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (work.size > 0) await Promise.allSettled(work);
}

/**
 * The fields that a listener set, in the form in which evaluated assignments are stored: lists of names, and one
 * assignee.
 */
function tidy(item: HostItem): void {
  for (const property of PEOPLE) {
    const value = item[property];
    const names = cleanNames(typeof value === 'string' ? value.split(',') : [value].flat());
    item[property] = property !== 'assignee' ? names : names.length === 1 ? names[0] : undefined;
  }
}
