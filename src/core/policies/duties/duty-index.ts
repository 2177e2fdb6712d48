import { byCases } from '../../condition/cases.js';
import { and, eq, isNothing, NOTHING, or, type Condition } from '../../condition/condition.js';
import { IS_USER_TASK } from '../../condition/element-types.js';
import type { Resource } from '../../resource.js';
import type { Duty } from './duty.js';
import { forbiddenBy } from './forbidden.js';
import { Statements, type Entry } from './statements.js';
import { WAITS } from './who-did.js';

/** What duties say of one model. */
interface OfModel {
  /** Of all its user tasks. */
  readonly whole: Entry[];
  readonly byTask: Map<string, Entry[]>;
}

/** Duties by the tasks that they forbid. */
export class DutyIndex {
  private readonly models = new Map<string, OfModel>();
  private readonly statements = new Statements();
  /** One condition for all models with the same statements. */
  private readonly ofModels = new Map<string, Condition>();
  private readonly numbers = new Map<Condition, number>();

  constructor(duties: Iterable<readonly [id: string, duty: Duty]>) {
    for (const [id, duty] of duties) for (const forbids of forbiddenBy(duty)) this.add({ id, duty, forbids });
  }

  private add(entry: Entry): void {
    const { task } = entry.forbids;
    const name = task?.model ?? entry.duty.model;
    let of = this.models.get(name);
    if (of === undefined) this.models.set(name, (of = { whole: [], byTask: new Map() }));
    const list = task === undefined ? of.whole : of.byTask.get(task.task);
    if (list !== undefined) list.push(entry);
    else if (task !== undefined) of.byTask.set(task.task, [entry]);
  }

  /** The task waits, and a duty forbids it to the principal: selected by a hash of the model and one of the task. */
  get forbidden(): Condition {
    return and(
      WAITS,
      byCases(
        'instance.name',
        [...this.models].map(([name, of]) => [name, this.ofModel(name, of)] as const),
      ),
    );
  }

  private ofModel(name: string, { whole, byTask }: OfModel): Condition {
    const ofAll = whole.length === 0 ? NOTHING : this.statements.condition(name, whole);
    const ofTasks = [...byTask].map(
      ([task, entries]) => [task, this.statements.condition(name, entries)] as const,
    );
    const key = JSON.stringify([
      this.numberOf(ofAll),
      ofTasks.map(([task, when]) => [task, this.numberOf(when)]),
    ]);
    let found = this.ofModels.get(key);
    if (found === undefined) {
      found = or(isNothing(ofAll) ? NOTHING : and(IS_USER_TASK, ofAll), byCases('item.elementId', ofTasks));
      this.ofModels.set(key, found);
    }
    return found;
  }

  private numberOf(condition: Condition): number {
    const number = this.numbers.get(condition) ?? this.numbers.size;
    this.numbers.set(condition, number);
    return number;
  }

  /** What one duty forbids of its task. */
  alone({ duty, forbids }: Entry): Condition {
    const model = forbids.task?.model ?? duty.model;
    const of = forbids.task === undefined ? IS_USER_TASK : eq('item.elementId', forbids.task.task);
    const entry = { id: '', duty, forbids };
    return and(eq('instance.name', model), of, WAITS, this.statements.condition(model, [entry]));
  }

  /** Those about the task of a resource; all of them if it does not name one. */
  concerning({ instance, item }: Resource): readonly Entry[] {
    const [model, task] = [instance?.name, item?.elementId];
    if (typeof model !== 'string' || typeof task !== 'string')
      return [...this.models.values()].flatMap(({ whole, byTask }) => [
        ...whole,
        ...[...byTask.values()].flat(),
      ]);
    const of = this.models.get(model);
    return of === undefined ? [] : [...of.whole, ...(of.byTask.get(task) ?? [])];
  }
}
