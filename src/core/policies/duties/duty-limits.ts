import type { PolicyChange, PolicySet } from '../../policy-set/policy-set.js';
import { show } from '../../value.js';
import { BadEntry } from '../entries.js';
import { dutiesIn, DUTY, type Duty } from './duty.js';
import { forbiddenBy, type Forbidden } from './forbidden.js';
import { Statements, type Entry } from './statements.js';

/**
 * What the duties on one task may come to, since each row of a list and each decision about the task evaluates it: the
 * different statements, and the comparisons in their conditions.
 */
const MOST = { statements: 10, steps: 200 };

const keyOf = (duty: Duty, { task }: Forbidden): string =>
  JSON.stringify(task === undefined ? [duty.model] : [task.model, task.task]);

/** The tasks of the duties that the changes save. */
function savedTasks(
  duties: ReadonlyMap<string, Duty>,
  changes: readonly PolicyChange[],
): Map<string, Entry[]> {
  const tasks = new Map<string, Entry[]>();
  for (const { kind, id } of changes) {
    const duty = kind === DUTY ? duties.get(id) : undefined;
    if (duty !== undefined) for (const forbids of forbiddenBy(duty)) tasks.set(keyOf(duty, forbids), []);
  }
  return tasks;
}

/**
 * Refuses duties that would make each list of a task expensive for those who ask for it.
 * @throws BadEntry `too-large`, naming a duty of the changes and the task
 */
export function assertFewOnEachTask(set: PolicySet, changes: readonly PolicyChange[]): void {
  const duties = dutiesIn(set);
  const tasks = savedTasks(duties, changes);
  if (tasks.size === 0) return;
  for (const [id, duty] of duties)
    for (const forbids of forbiddenBy(duty)) tasks.get(keyOf(duty, forbids))?.push({ id, duty, forbids });
  const saved = new Set(changes.filter(({ kind }) => kind === DUTY).map(({ id }) => id));
  const statements = new Statements();
  for (const entries of tasks.values()) {
    const { statements: count, steps } = statements.sizeOf(entries);
    if (count <= MOST.statements && steps <= MOST.steps) continue;
    const last = entries.filter(({ id }) => saved.has(id)).pop() as Entry;
    const { task } = last.forbids;
    const of = task === undefined ? `the tasks of ${show(last.duty.model)}` : `the task ${show(task.task)}`;
    const why =
      count > MOST.statements
        ? `make ${count} different statements; at most ${MOST.statements} are allowed. Duties without a` +
          ' condition, or with the same one, count as one statement'
        : `have conditions with ${steps} comparisons in total; at most ${MOST.steps} are allowed`;
    throw new BadEntry(DUTY, last.id, `The duties on ${of} ${why}.`, 'too-large');
  }
}
