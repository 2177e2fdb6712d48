import type { ItemRecord, Resource } from '../../core/resource.js';
import type { ScopeTest } from '../../core/decision/scope.js';
import type { Spend } from '../bson/budget.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Exact, Filter } from '../port.js';

/** Steps for making the resource of a row. */
const MAKING = 8;

type Row = Readonly<Record<string, unknown>>;

const exactly =
  ({ holds, steps }: ScopeTest, asResource: (row: Row) => Resource): Exact =>
  (spend) =>
  (row) => {
    spend(MAKING + steps);
    return holds(asResource(row));
  };

/** A test of rows with one item each. */
export const exactItem = (test: ScopeTest, needsAll: boolean): Exact =>
  exactly(test, (row) => ({
    item: row.items as ItemRecord,
    instance: needsAll ? { ...row, items: row.all } : row,
  }));

/** A test of instances. */
export const exactInstance = (test: ScopeTest): Exact => exactly(test, (instance) => ({ instance }));

/** A test of models. */
export const exactModel = (test: ScopeTest): Exact => exactly(test, (model) => ({ model }));

/** All tests hold; undefined if there are none. */
export function allExact(given: readonly Exact[]): Exact | undefined {
  if (given.length < 2) return given[0];
  return (spend) => {
    const tests = given.map((exact) => exact(spend));
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
