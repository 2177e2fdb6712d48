import { and, type Condition } from '../../core/condition/condition.js';
import { compile, type Predicate } from '../../core/evaluation/evaluate.js';
import type { ItemRecord, Resource } from '../../core/resource.js';
import type { ScopeTest } from '../../core/decision/scope.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Exact, Filter, StoredInstance } from '../port.js';
import { leafFilter, leaves, ofElement } from './caller-filter.js';
import type { CallerQuery, Leaf } from './caller-query.js';
import { askedOf, shownFor, type Hidden } from './hidden.js';
import { itemsOf } from './stored.js';

type Row = Readonly<Record<string, unknown>>;

/** A test of an instance, given the items of it that count. */
type Test = (row: Row, items: readonly unknown[]) => boolean;

const resource = (instance: Row, item: unknown): Resource => ({ instance, item: item as ItemRecord });

const allOf = (conditions: readonly Condition[]): Predicate => compile(and(...conditions));

/** One of the items passes. */
function anItem(shown: readonly Condition[], passes: Match): Test {
  const isShown = allOf(shown);
  return (row, items) => items.some((item) => isShown(resource(row, item)) && passes(item));
}

function testOf(query: CallerQuery, hidden: Hidden | undefined, match: (filter: Filter) => Match): Test {
  const ofLeaf = (leaf: Leaf): Test => {
    const ways = askedOf(hidden, leaf).map(({ where, tested }): Test => {
      const shown = where === undefined ? [] : [where];
      const passes = match(tested ? leafFilter(leaf) : {});
      if (leaf.on === 'item') return anItem(shown, passes);
      const isShown = allOf(shown);
      return (row) => isShown({ instance: row }) && passes(row);
    });
    return (row, items) => ways.some((way) => way(row, items));
  };
  switch (query.kind) {
    case 'and': {
      const tests = query.of.map((part) => testOf(part, hidden, match));
      return (row, items) => tests.every((test) => test(row, items));
    }
    case 'or':
    case 'nor': {
      const tests = query.of.map((part) => testOf(part, hidden, match));
      const expected = query.kind === 'or';
      return (row, items) => tests.some((test) => test(row, items)) === expected;
    }
    case 'element':
      return anItem(shownFor(hidden, leaves(query.where)), match(ofElement(query.where, '')));
    default:
      return ofLeaf(query);
  }
}

/**
 * A caller's query for instances, evaluated on rows in memory: its conditions on items apply to those that are visible
 * and show the field.
 */
export function exactQuery(
  query: CallerQuery,
  { holds, steps }: ScopeTest,
  hidden: Hidden | undefined,
): Exact {
  return (spend) => {
    const test = testOf(query, hidden, (filter) => compileMatch(filter, spend));
    return (row) => {
      const items = itemsOf(row as unknown as StoredInstance);
      spend(1 + items.length * steps);
      return test(
        row,
        items.filter((item) => holds(resource(row, item))),
      );
    };
  };
}
