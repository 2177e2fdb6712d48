import { cleanNames, namesIn } from '../model/derive.js';
import { PEOPLE } from '../model/dialects/understood.js';
import { within } from '../contract/within.js';
import type { HostExecution, HostItem } from '../model/host.js';
import type { Command } from './command.js';
import { guardOf } from './commit.js';
import { keptFor } from './kept.js';

/** How long a command waits for listeners that may assign a task, in milliseconds. */
const LISTENERS_MAY_TAKE = 5000;

/** The states in which the code that assigns a task has run. */
const ASSIGNED: ReadonlySet<string> = new Set(['wait', 'end']);

/**
 * Decides which tasks are open, when a command is committed: listeners may assign a task after its model has been
 * evaluated. A task that nothing restricts by then is open; later none becomes open.
 */
export class Openness {
  /** What the fields of an item held when its model had been evaluated. */
  private readonly evaluated = new WeakMap<HostItem, readonly unknown[]>();

  /** The model restricts the task to nobody; whether anything else does shows at the commit. */
  leave(item: HostItem, kept: Record<string, unknown>): void {
    kept.undecided = true;
    this.evaluated.set(
      item,
      PEOPLE.map((property) => item[property]),
    );
  }

  /** Whether the execution has tasks of which it is not decided yet. */
  private isUndecided({ instance }: HostExecution): boolean {
    return Object.values(guardOf(instance)?.items ?? {}).some(({ undecided }) => undecided === true);
  }

  /** Listeners that may still assign are waited for, where a task would be open without them. */
  async decideAll(command: Command): Promise<void> {
    const undecided = [...command.executions.values()].filter((live) => this.isUndecided(live));
    if (undecided.length === 0) return;
    const all = await within(LISTENERS_MAY_TAKE, ended(command.listening)).then(
      () => true,
      () => false,
    );
    const what = all ? 'a listener assigned it to nobody' : 'a listener that may assign it did not end';
    for (const execution of undecided)
      for (const { id: itemId, elementId } of this.decide(execution, all)) {
        keptFor(execution, itemId).why = what;
        command.failures.push({ what: `${elementId}: ${what}`, instanceId: execution.id, itemId });
      }
  }

  /**
   * @param all whether all code that may assign has run; if not, what is not restricted yet is closed
   * @returns the tasks that somebody set to nobody, and those of which it could not be told
   */
  private decide(execution: HostExecution, all: boolean): readonly HostItem[] {
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
      if (all && !touched) kept.open = true;
      else closed.push(item);
    }
    return closed;
  }
}

/** Resolves when all of the work has ended, and what came to it meanwhile. */
async function ended(work: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (work.size > 0) await Promise.allSettled(work);
}

/** What a listener has set, in the form in which the evaluated model is stored: lists of names, and one assignee. */
function tidy(item: HostItem): void {
  for (const property of PEOPLE) {
    const value = item[property];
    const names = cleanNames(typeof value === 'string' ? value.split(',') : [value].flat());
    item[property] = property !== 'assignee' ? names : names.length === 1 ? names[0] : undefined;
  }
}
