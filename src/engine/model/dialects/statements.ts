import type { ModdleElement } from '../host.js';
import { readExpression, type Expression, type Forms } from './expression.js';
import type { PeopleProperty, ScheduleProperty } from './understood.js';
import { warning, type ModelWarning } from './warning.js';

/** A property that the model gives a value. */
interface Statement<P = PeopleProperty> {
  readonly property: P;
  readonly expression: Expression;
}

const CLOSES = 'It is not understood, and counts as an assignment to nobody.';

/** Collects what a model says of one task, from all the dialects that it may be written in. */
export class Statements {
  readonly people: Statement[] = [];
  readonly schedule: Statement<ScheduleProperty>[] = [];
  /** What looks like an assignment and is not understood: the task is not open. */
  readonly unclear: ModelWarning[] = [];
  /** What is left out without closing the task. */
  readonly leftOut: ModelWarning[] = [];
  /** Something takes the task away from people, which cannot be done by leaving them out: it is nobody's. */
  withheld = false;

  constructor(private readonly element: ModdleElement) {}

  /** A property with a text that may be an expression; an empty one says nothing. */
  say(property: PeopleProperty, text: string, forms: Forms, found: string): void {
    if (text.trim() === '') return;
    const expression = readExpression(text, forms);
    if (expression === undefined) this.isUnclear(found);
    else this.people.push({ property, expression });
  }

  sayWhen(property: ScheduleProperty, text: string, forms: Forms, found: string): void {
    if (text.trim() === '') return;
    const expression = readExpression(text, forms);
    if (expression === undefined)
      this.leftOut.push(warning(this.element, found, `It is not understood: the task has no ${property}.`));
    else this.schedule.push({ property, expression });
  }

  isUnclear(found: string, means = CLOSES): void {
    this.unclear.push(warning(this.element, found, means));
  }
}
