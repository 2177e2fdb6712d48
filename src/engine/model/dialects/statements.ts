import { cleanNames, unusableNames } from '../derive.js';
import type { ModdleElement } from '../host.js';
import { readExpression, type Expression, type Forms } from './expression.js';
import type { PeopleProperty, ScheduleProperty } from './understood.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { warning } from './warning.js';

/** A property to which the model gives a value. */
interface Statement<P = PeopleProperty> {
  readonly property: P;
  readonly expression: Expression;
}

const CLOSES =
  'It is not understood and counts as an assignment to nobody. To name people, use assignee, candidateUsers and' +
  ' candidateGroups of the namespace http://camunda.org/schema/1.0/bpmn.';
/** The consequence of a text, at a place that is understood, which is neither names nor an expression. */
const NO_EXPRESSION =
  'It is not understood and counts as an assignment to nobody. Write names, or a single expression and nothing else:' +
  ' they cannot be mixed.';
/** The consequence of something in an engine's namespace that is not known there. */
export const UNKNOWN = `It is not known in this namespace and may name people. ${CLOSES}`;
/** The consequence of an assignment without a value. */
export const EMPTY =
  'It is empty and assigns the task to nobody. Remove it, and a task that names nobody else is open to everybody.';
/** The consequence of names that nobody can have. */
export const NAMES_NOBODY =
  'It names nobody: no user and no group can have such a name. A task that names no people' +
  ' is open to everybody.';

/** Collects a model's statements about one task from all dialects. */
export class Statements {
  readonly people: Statement[] = [];
  readonly schedule: Statement<ScheduleProperty>[] = [];
  /** Parts that look like an assignment and are not understood: the task is not open. */
  readonly unclear: ModelWarning[] = [];
  /** Parts that are omitted without closing the task. */
  readonly leftOut: ModelWarning[] = [];
  /** True if the model takes the task away from certain people, which is not supported: the task belongs to nobody. */
  withheld = false;

  constructor(private readonly element: ModdleElement) {}

  /** Adds a property whose text may be an expression. An empty text declares the property and names nobody. */
  say(property: PeopleProperty, text: string, forms: Forms, found: string): void {
    if (text.trim() === '') return this.isUnclear(found, EMPTY);
    const expression = readExpression(text, forms);
    if (expression === undefined) return this.isUnclear(found, NO_EXPRESSION);
    const isList = expression.kind === 'names';
    if (isList && cleanNames(text.split(',')).length === 0) return this.isUnclear(found, NAMES_NOBODY);
    this.people.push({ property, expression });
    if (isList && unusableNames(text).length > 0)
      this.leavesOut(found, 'Nobody can be called *: it is left out.');
  }

  sayWhen(property: ScheduleProperty, text: string, forms: Forms, found: string): void {
    if (text.trim() === '') return;
    const expression = readExpression(text, forms);
    if (expression === undefined) this.leavesOut(found, `It is not understood: the task has no ${property}.`);
    else this.schedule.push({ property, expression });
  }

  leavesOut(found: string, means: string): void {
    this.leftOut.push(warning(this.element, found, means));
  }

  isUnclear(found: string, means = CLOSES): void {
    this.unclear.push(warning(this.element, found, means));
  }
}
