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

/** A field with people, and the names in it if it is a list, which code may change in place. */
interface Noted {
  readonly value: unknown;
  readonly names: readonly unknown[];
}

/**
 * Decides which tasks are open, at the commit of a command, because listeners may assign a task after its model has
 * been evaluated. A task without any restriction by then is open; no task becomes open later.
 */
export class Openness {
  /** The people of an item, since when writes to them count. */
  private readonly noted = new WeakMap<HostItem, readonly Noted[]>();

  /** Notes the people of an item. What code writes to them from now on is an assignment, even of nobody. */
  observe(item: HostItem): void {
    // A field that is missing shows that it was written even if it becomes undefined.
    for (const property of PEOPLE) if (item[property] === undefined) delete item[property];
    this.noted.set(
      item,
      PEOPLE.map((property) => noted(item[property])),
    );
  }

  /** Whether code has written to the people of an item since they were noted. */
  isWritten(item: HostItem): boolean {
    const before = this.noted.get(item);
    return (
      before !== undefined &&
      PEOPLE.some((property, at) =>
        before[at]?.value === undefined ? Object.hasOwn(item, property) : !isSame(item[property], before[at]),
      )
    );
  }

  /** Records that the model does not restrict the task. The commit decides whether anything else does. */
  leave(item: HostItem, kept: Record<string, unknown>): void {
    kept.undecided = true;
    this.observe(item);
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
      const written = this.isWritten(item);
      if (written) tidy(item);
      if (PEOPLE.some((property) => namesIn(item[property]).length > 0)) continue;
      if (failed !== undefined && !failed.has(id) && !written) kept.open = true;
      else closed.push(item);
    }
    return closed;
  }
}

const noted = (value: unknown): Noted => ({
  value,
  names: Array.isArray(value) ? [...(value as unknown[])] : [],
});

const isSame = (value: unknown, before: Noted): boolean =>
  value === before.value &&
  (!Array.isArray(value) ||
    (value.length === before.names.length && before.names.every((name, at) => value[at] === name)));

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
