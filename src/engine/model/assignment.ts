import { today } from '../../core/clock.js';
import { SYSTEM_USER } from '../../core/principal.js';
import { own } from '../../core/path.js';
import type { InstanceGuard } from '../../store/port.js';
import { dataAt } from './data-path.js';
import { cleanNames, namesIn } from './derive.js';
import { ALL_FORMS, readExpression, type Expression } from './dialects/expression.js';
import type { Statements } from './dialects/statements.js';
import { PEOPLE, SCHEDULE, type PeopleProperty } from './dialects/understood.js';
import { readTask } from './dialects/task-people.js';
import { toDate, toPriority } from './due-date.js';
import type { HostItem, HostNode } from './host.js';
import { roleOf } from './lanes.js';
import { TaskRoles } from './task-roles.js';

/** Evaluates the modeller's expressions; the host's script handler, or ours. */
export interface Scripts {
  evaluateExpression(scope: unknown, expression: string): Promise<unknown>;
  executeScript(scope: unknown, script: string): Promise<unknown>;
}

/** The result of evaluating a task's assignment. */
export interface Assigned {
  /** The model does not restrict the task. */
  readonly open: boolean;
  /**
   * Properties that evaluated to nothing, threw, gave an unusable value, or are not understood; names only, no
   * data.
   */
  readonly problems: readonly string[];
}

/**
 * Whether a model restricts a task: by names, by something that looks like an assignment and is not understood, or
 * by its lane or pool.
 */
export function restricts(node: Pick<HostNode, 'def'>): boolean {
  const { people, unclear } = readTask(node.def);
  return people.length + unclear.length > 0 || roleOf(node).kind !== 'none';
}

/** The variable as the task sees it: in its own part of the data, otherwise in the enclosing parts. */
function variable(item: HostItem, name: string): unknown {
  const { data } = item.context.instance;
  const path = String(item.token.dataPath ?? '').split('.');
  for (let depth = path.length; depth >= 0; depth--) {
    const value = own(dataAt(data, path.slice(0, depth).join('.')), name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The starter of the instance; an instance without a starter has no initiator. */
function initiator({ context }: HostItem): unknown {
  const { startedBy } = (context.instance.guard ?? {}) as Partial<InstanceGuard>;
  return startedBy === SYSTEM_USER.userName ? undefined : startedBy;
}

async function evaluate(scripts: Scripts, item: HostItem, expression: Expression): Promise<unknown> {
  switch (expression.kind) {
    case 'names':
      return expression.text;
    case 'name':
      return [expression.name];
    case 'variable':
      return variable(item, expression.name);
    case 'initiator':
      return initiator(item);
    case 'script':
      return expression.text.startsWith('$')
        ? scripts.evaluateExpression(item, expression.text)
        : scripts.executeScript(item, `return ${expression.text.slice(1)}`);
  }
}

/**
 * The value of a text in one of the forms that an assignment has.
 * @throws whatever the model's code throws; undefined for a language that is not understood
 */
export async function evaluateText(scripts: Scripts, item: HostItem, text: string): Promise<unknown> {
  const expression = readExpression(text, ALL_FORMS);
  return expression === undefined ? undefined : evaluate(scripts, item, expression);
}

/** The names in a result: a list, or a text with commas. The values are data and never evaluated as code. */
const namesOf = (result: unknown): string[] =>
  cleanNames(typeof result === 'string' ? result.split(',') : Array.isArray(result) ? result : [result]);

const isPerson = ({ kind }: Expression): boolean => kind === 'variable' || kind === 'initiator';

class TaskAssignment {
  readonly problems: string[] = [];
  private readonly says: Statements;
  private readonly roles: TaskRoles;

  constructor(
    private readonly node: HostNode,
    private readonly item: HostItem,
    private readonly scripts: Scripts,
    /** Listeners have assigned the task, if only to nobody. */
    private readonly written: boolean,
  ) {
    this.says = readTask(node.def);
    this.roles = new TaskRoles(item.context);
  }

  /** Undefined if it threw. */
  private async result(property: string, expression: Expression): Promise<unknown> {
    try {
      return await evaluate(this.scripts, this.item, expression);
    } catch {
      this.problems.push(`${property} failed`);
      return undefined;
    }
  }

  /** The names that the model gives to a property; undefined if it does not set it. */
  private async names(property: PeopleProperty): Promise<string[] | undefined> {
    const mine = this.says.people.filter((statement) => statement.property === property);
    if (mine.length === 0) return undefined;
    let results: unknown[] = [];
    for (const { expression } of mine) {
      const found = namesOf(await this.result(property, expression));
      // What comes from data or from the start is a person, whatever their name.
      results = results.concat(isPerson(expression) ? found : this.roles.taken(property, found));
    }
    const names = this.says.withheld ? [] : cleanNames(results);
    if (names.length === 0 && !this.roles.named(property))
      this.problems.push(`${property} evaluated to nothing`);
    return this.single(property, names);
  }

  /** A task has one assignee: of several, none counts. */
  private single(property: PeopleProperty, names: string[]): string[] {
    if (property !== 'assignee' || names.length <= 1) return names;
    this.problems.push('assignee evaluated to several names');
    return [];
  }

  private async schedule(): Promise<void> {
    const start = today();
    const convert = {
      dueDate: (value: unknown) => toDate(value, start),
      followUpDate: (value: unknown) => toDate(value, start),
      priority: toPriority,
    };
    for (const property of SCHEDULE) {
      const statement = this.says.schedule.find((entry) => entry.property === property);
      if (statement === undefined) continue;
      const result = await this.result(property, statement.expression);
      this.item[property] = convert[property](result);
      if (this.item[property] === undefined && result !== undefined && result !== null && result !== '')
        this.problems.push(`${property} is not usable`);
    }
  }

  async run(): Promise<Assigned> {
    const { item, says } = this;
    const role = roleOf(this.node);
    let declared = this.written || says.unclear.length > 0 || role.kind !== 'none';
    for (const { found } of [...says.unclear, ...says.leftOut])
      this.problems.push(`${found} is not understood`);
    for (const property of PEOPLE) {
      const names = await this.names(property);
      declared ||= names !== undefined;
      const value = names ?? this.single(property, namesOf(item[property] ?? []));
      item[property] = property === 'assignee' ? value[0] : value;
    }
    if (role.kind === 'closed') this.problems.push(role.found);
    if (role.kind === 'named' && !says.withheld) {
      const lane = this.roles.taken('candidateGroups', [role.name]);
      item.candidateGroups = cleanNames([...namesIn(item.candidateGroups), ...lane]);
    }
    if (!says.withheld) this.problems.push(...this.roles.giveTo(item));
    await this.schedule();
    const nobody = PEOPLE.every((property) => namesIn(item[property]).length === 0);
    if (this.written && nobody) this.problems.push('a listener assigned it to nobody');
    return { open: !declared && nobody, problems: this.problems };
  }
}

/**
 * Evaluates a user task's design-time properties into its item. Start listeners have run: the fields they set count
 * where the model declares nothing. Names of the case's roles are replaced by their holders. Candidates become lists of
 * names, the assignee one name, dates Dates, the priority a number. Fails closed: a property that evaluates to nothing
 * or is not understood opens nothing.
 */
export function assignTask(
  node: HostNode,
  item: HostItem,
  { scripts, written }: { readonly scripts: Scripts; readonly written: boolean },
): Promise<Assigned> {
  return new TaskAssignment(node, item, scripts, written).run();
}
