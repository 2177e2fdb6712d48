import type { Condition } from '../../core/condition.js';
import { compile } from '../../core/evaluate.js';
import type { ItemRecord, Resource } from '../../core/resource.js';
import type { Spend } from '../bson/budget.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Exact, Filter, RowTest } from '../port.js';

/** Elements of a list, as far as they are counted before it is known how many there are. */
const ELEMENTS = 8;

/** The steps that a condition takes for one row, roughly. A choice among many cases is one lookup. */
function stepsOf(condition: Condition): number {
  switch (condition.op) {
    case 'and':
    case 'or':
      return condition.of.reduce((sum, part) => sum + stepsOf(part), 1);
    case 'not':
      return stepsOf(condition.of);
    case 'some':
      return ELEMENTS * stepsOf(condition.where);
    case 'cases': {
      const whens = [...new Set(condition.cases.map(({ when }) => when))];
      return whens.reduce((most, when) => Math.max(most, stepsOf(when)), 1) + 1;
    }
    default:
      return 1;
  }
}

/** The part of a resource that a row is. */
type AsResource = (row: Readonly<Record<string, unknown>>) => Resource;

/** The condition as a test of rows. */
function exactly(condition: Condition, asResource: AsResource): Exact {
  const holds = compile(condition);
  // Making the resource of a row takes about as long as this.
  const steps = ELEMENTS + stepsOf(condition);
  return (spend) => (row) => {
    spend(steps);
    return holds(asResource(row));
  };
}

/** A test of rows with one item each. */
export const exactItem = (condition: Condition, needsAll: boolean): Exact =>
  exactly(condition, (row) => ({
    item: row.items as ItemRecord,
    instance: needsAll ? { ...row, items: row.all } : row,
  }));

/** A test of instances. */
export const exactInstance = (condition: Condition): Exact =>
  exactly(condition, (instance) => ({ instance }));

/** A test of models. */
export const exactModel = (condition: Condition): Exact => exactly(condition, (model) => ({ model }));

/** All tests hold; undefined if there are none. */
export function allExact(...given: readonly (Exact | undefined)[]): Exact | undefined {
  const [first, second] = given.filter((exact) => exact !== undefined);
  if (first === undefined || second === undefined) return first;
  return (spend) => {
    const tests: RowTest[] = [first(spend), second(spend)];
    return (row) => tests.every((test) => test(row));
  };
}

/** A predicate for a filter of a plan and, if there is one, the exact test of what it finds. */
export function matchExactly(filter: Filter, exact: Exact | undefined, spend: Spend): Match {
  const match = compileMatch(filter, spend);
  if (exact === undefined) return match;
  const test = exact(spend);
  return (document) => match(document) && test(document as Readonly<Record<string, unknown>>);
}
