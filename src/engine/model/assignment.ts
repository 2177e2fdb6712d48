import { today } from '../../core/clock.js';
import { cleanNames, namesIn } from './derive.js';
import { toDate, toPriority } from './due-date.js';
import type { HostItem, HostNode } from './host.js';
import { roleOf } from './lanes.js';

/** Evaluates what a modeller wrote; the host's script handler, or ours. */
export interface Scripts {
  evaluateExpression(scope: unknown, expression: string): Promise<unknown>;
  executeScript(scope: unknown, script: string): Promise<unknown>;
}

/** What the assignment of one task came to. */
export interface Assigned {
  /** The model restricts the task to nobody (spec 08, 1). */
  readonly open: boolean;
  /** Expressions that came to nothing, threw, or gave what cannot be used; names of properties, no data. */
  readonly problems: readonly string[];
}

const PEOPLE = ['assignee', 'candidateUsers', 'candidateGroups'] as const;
const ABSENT = Symbol('not declared');

async function evaluate(scripts: Scripts, item: HostItem, text: string): Promise<unknown> {
  if (text.startsWith('$')) return scripts.evaluateExpression(item, text);
  if (text.startsWith('#')) return scripts.executeScript(item, `return ${text.slice(1)}`);
  return text;
}

/** The names in a result: a text with commas, or a list. Not looked into any further: a value is data, never code. */
const namesOf = (result: unknown): string[] =>
  cleanNames(typeof result === 'string' ? result.split(',') : Array.isArray(result) ? result : [result]);

class TaskAssignment {
  readonly problems: string[] = [];

  constructor(
    private readonly node: HostNode,
    private readonly item: HostItem,
    private readonly scripts: Scripts,
  ) {}

  /** The result of a declared property; undefined when it threw; ABSENT when the model does not declare it. */
  private async result(property: string): Promise<unknown> {
    const text = this.node.def.$attrs?.[`camunda:${property}`];
    if (text === undefined || text.trim() === '') return ABSENT;
    try {
      return await evaluate(this.scripts, this.item, text.trim());
    } catch {
      this.problems.push(`${property} failed`);
      return undefined;
    }
  }

  private async names(property: (typeof PEOPLE)[number]): Promise<string[] | undefined> {
    const result = await this.result(property);
    if (result === ABSENT) return undefined;
    const names = namesOf(result);
    if (names.length === 0) this.problems.push(`${property} came to nothing`);
    if (property !== 'assignee' || names.length <= 1) return names;
    this.problems.push('assignee came to several names');
    return [];
  }

  private async converted(
    property: 'dueDate' | 'followUpDate' | 'priority',
    convert: (value: unknown) => unknown,
  ): Promise<void> {
    const result = await this.result(property);
    if (result === ABSENT) return;
    this.item[property] = convert(result);
    if (this.item[property] === undefined && result !== undefined && result !== null && result !== '')
      this.problems.push(`${property} is not usable`);
  }

  async run(): Promise<Assigned> {
    const { item, node } = this;
    let declared = false;
    for (const property of PEOPLE) {
      const names = await this.names(property);
      declared ||= names !== undefined;
      const value = names ?? namesOf(item[property] ?? []);
      item[property] = property === 'assignee' ? value[0] : value;
    }
    const role = roleOf(node);
    if (role !== undefined) item.candidateGroups = cleanNames([...namesIn(item.candidateGroups), role]);
    const start = today();
    await this.converted('dueDate', (value) => toDate(value, start));
    await this.converted('followUpDate', (value) => toDate(value, start));
    await this.converted('priority', toPriority);
    const nobody = PEOPLE.every((property) => namesIn(item[property]).length === 0);
    return { open: !declared && nobody, problems: this.problems };
  }
}

/**
 * Evaluates a user task's design-time properties into its item (spec 01, Assignment at task start). Start listeners
 * have run: what they set counts where the model declares nothing. Candidates become lists of clean names, the assignee
 * one name, dates Dates, the priority a number. Closed on failure: a property that came to nothing opens nothing.
 */
export function assignTask(node: HostNode, item: HostItem, scripts: Scripts): Promise<Assigned> {
  return new TaskAssignment(node, item, scripts).run();
}
