import { isDeepStrictEqual } from 'node:util';
import {
  and,
  EVERYTHING,
  isNothing,
  isReference,
  not,
  NOTHING,
  or,
  type Condition,
} from '../../core/condition.js';
import type { Scope } from '../../core/scope.js';
import { OPEN_TOKENS, READ_TOKENS } from '../../core/token.js';
import { BadInput } from '../../core/errors.js';
import type { Scalar } from '../../core/value.js';
import type { CallerQuery, Leaf } from './caller-query.js';
import { needsAllItems, relax, specialise, speaksOf, toFilter } from './filter.js';
import type { Filter, InstancePlan, ItemPlan, Paging, MarkFilter } from '../port.js';

/** Any value, for "absent": also an empty list is something that is there. */
const ANY_VALUE = Object.freeze({
  $type: Object.freeze([
    'string',
    'number',
    'bool',
    'date',
    'object',
    'objectId',
    'binData',
    'regex',
    'timestamp',
    'array',
  ]),
});
/** An item is a document of the list with a text as its id; nothing else in the list is one. */
const TEXT: Filter = Object.freeze({ $type: 'string', $not: { $type: 'array' } });
const IS_LIST: Filter = Object.freeze({ items: { $type: 'array' } });
const IS_ITEM: Filter = Object.freeze({ 'items.id': TEXT, $nor: [IS_LIST] });
/** What every reader of an item sees of its instance; filtering and sorting by more needs the right to read that. */
const SEEN_WITH_ITEM: ReadonlySet<string> = new Set(['id', 'name', '_id']);
const MOST_BRANCHES = 5;

const all = (...filters: readonly Filter[]): Filter => {
  const parts = filters.filter((filter) => Object.keys(filter).length > 0);
  return parts.length === 0 ? {} : parts.length === 1 ? (parts[0] as Filter) : { $and: parts };
};

function leafFilter(leaf: Leaf, prefix = ''): Filter {
  const path = prefix + leaf.field;
  return leaf.kind === 'absent' ? { $nor: [{ [path]: ANY_VALUE }] } : { [path]: leaf.test };
}

function compound(
  query: CallerQuery,
  leaf: (leaf: Leaf) => Filter,
  element: (where: CallerQuery) => Filter,
): Filter {
  switch (query.kind) {
    case 'and':
      return all(...query.of.map((part) => compound(part, leaf, element)));
    case 'or':
    case 'nor':
      return { [`$${query.kind}`]: query.of.map((part) => compound(part, leaf, element)) };
    case 'element':
      return element(query.where);
    default:
      return leaf(query);
  }
}

/** The query of one element, its fields below `prefix`. */
const ofElement = (query: CallerQuery, prefix: string): Filter =>
  compound(
    query,
    (leaf) => leafFilter(leaf, prefix),
    (where) => ofElement(where, prefix),
  );

/** The caller's query as it is asked of a document with one element in the place of its list. */
export function listedFilter(query: CallerQuery, list: string): Filter {
  return compound(
    query,
    (leaf) => leafFilter(leaf, leaf.on === 'item' ? `${list}.` : ''),
    (where) => ofElement(where, `${list}.`),
  );
}

function leaves(query: CallerQuery): Leaf[] {
  if (query.kind === 'element') return leaves(query.where);
  return query.kind === 'test' || query.kind === 'absent' ? [query] : query.of.flatMap(leaves);
}

/** The parts that must all hold. */
const conjuncts = (query: CallerQuery): readonly CallerQuery[] =>
  query.kind === 'and'
    ? query.of.flatMap(conjuncts)
    : query.kind === 'element'
      ? conjuncts(query.where)
      : [query];

/** Fields of the item that the query pins to one value. */
function pinned(query: CallerQuery): Map<string, Scalar> {
  const known = new Map<string, Scalar>();
  for (const part of conjuncts(query)) {
    if (part.kind === 'test' && part.on === 'item' && Object.hasOwn(part.test, '$eq'))
      known.set(`item.${part.field}`, part.test.$eq as Scalar);
  }
  return known;
}

/** What must hold of an instance so that one of its items can satisfy the query: never too narrow. */
function beforeUnwinding(query: CallerQuery): Filter {
  const parts = conjuncts(query);
  const on = (side: Leaf['on']): CallerQuery[] =>
    parts.filter((part) => leaves(part).every((leaf) => leaf.on === side));
  const ofItem = on('item');
  const element =
    ofItem.length === 0 ? {} : { items: { $elemMatch: all(...ofItem.map((part) => ofElement(part, ''))) } };
  return all(...on('row').map((part) => ofElement(part, '')), element);
}

/** Splits what narrows a search into a token filter, which has an index, and the rest. */
function narrowing(narrow: Condition | undefined, waiting: boolean): { marks?: MarkFilter; rest: Condition } {
  if (narrow === undefined) return { rest: EVERYTHING };
  if (
    (narrow.op !== 'overlaps' && narrow.op !== 'in') ||
    narrow.field !== READ_TOKENS ||
    isReference(narrow.values)
  )
    return { rest: narrow };
  const field = (waiting ? OPEN_TOKENS : READ_TOKENS).slice('instance.'.length) as MarkFilter['field'];
  return { marks: { field, anyOf: narrow.values as string[] }, rest: EVERYTHING };
}

const conditionOf = (scope: Scope): Condition =>
  scope.kind === 'nothing' ? NOTHING : scope.kind === 'everything' ? EVERYTHING : scope.condition;

export interface ScopedOptions {
  /** False until every stored instance carries marks: then nothing is narrowed by them (spec 08, 13). */
  readonly reindexed: boolean;
}

/** True when a query for items names more of the instance than every reader of its items sees. */
export function looksInside(query: CallerQuery, { sort = [] }: Paging): boolean {
  return (
    sort.some(([field]) => !field.startsWith('items.') && !SEEN_WITH_ITEM.has(field)) ||
    leaves(query).some((leaf) => leaf.on === 'row' && !SEEN_WITH_ITEM.has(leaf.field))
  );
}

/**
 * The plan of a list of items: scope and caller's query side by side. `instances` is the scope of reading instances;
 * it joins in where the query `looksInside` an instance, so that nobody learns by filtering what he may not read; else
 * it is not asked. Undefined: nothing can be found, and no query is to be sent.
 */
export function itemPlan(
  scope: Scope,
  instances: Scope,
  query: CallerQuery,
  paging: Paging,
  options: ScopedOptions,
): ItemPlan | undefined {
  if (scope.kind === 'nothing') return undefined;
  const known = pinned(query);
  const condition = and(
    specialise(conditionOf(scope), known),
    looksInside(query, paging) ? conditionOf(instances) : EVERYTHING,
  );
  if (isNothing(condition)) return undefined;
  const narrow = options.reindexed && scope.kind === 'condition' ? scope.narrow : undefined;
  const { marks, rest } = narrowing(narrow, known.get('item.status') === 'wait');
  return {
    ...paging,
    before: all(IS_LIST, toFilter(and(rest, relax(condition)), 'instance'), beforeUnwinding(query)),
    marks,
    each: all(IS_ITEM, toFilter(condition, 'unwound'), listedFilter(query, 'items')),
    needsAll: needsAllItems(condition),
  };
}

/** A part of a condition that speaks of the instance alone, as large as can be. */
function instancePart(condition: Condition): Condition | undefined {
  const { item, instance } = speaksOf(condition);
  if (!item) return instance ? condition : undefined;
  if (condition.op === 'not') return instancePart(condition.of);
  if (condition.op !== 'and' && condition.op !== 'or') return undefined;
  for (const part of condition.of) {
    const found = instancePart(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function replace(condition: Condition, part: Condition, by: Condition): Condition {
  if (isDeepStrictEqual(condition, part)) return by;
  if (condition.op === 'and') return and(...condition.of.map((c) => replace(c, part, by)));
  if (condition.op === 'or') return or(...condition.of.map((c) => replace(c, part, by)));
  return condition.op === 'not' ? not(replace(condition.of, part, by)) : condition;
}

/**
 * "An item that may be read satisfies the test", asked of an instance. What the visibility says of the instance is
 * taken out of `$elemMatch`, one part at a time: it holds or it does not.
 */
function visibleElement(visible: Condition, test: Filter, depth = 0): Filter {
  if (isNothing(visible)) return toFilter(NOTHING, 'instance');
  const part = instancePart(visible);
  if (part === undefined ? speaksOf(visible).instance : depth >= MOST_BRANCHES) {
    throw new BadInput(
      'bad-query',
      'This query on items cannot be combined with the rules in force; ask for items instead.',
    );
  }
  if (part === undefined)
    return { items: { $elemMatch: { id: TEXT, $and: [toFilter(visible, 'element'), test] } } };
  const branch = (holds: boolean): Filter =>
    all(
      toFilter(holds ? part : not(part), 'instance'),
      visibleElement(replace(visible, part, holds ? EVERYTHING : NOTHING), test, depth + 1),
    );
  return { $or: [branch(true), branch(false)] };
}

/**
 * The plan of a list of instances. What the query asks of items is asked of those items only that the principal may
 * read (`visible` is the scope of reading tasks): spec 08, 27. Undefined: no query is to be sent.
 */
export function instancePlan(
  scope: Scope,
  visible: Scope,
  query: CallerQuery,
  paging: Paging,
  options: ScopedOptions,
): InstancePlan | undefined {
  if (scope.kind === 'nothing') return undefined;
  const seen = conditionOf(visible);
  const caller = compound(
    query,
    (leaf) => (leaf.on === 'row' ? leafFilter(leaf) : visibleElement(seen, leafFilter(leaf))),
    (where) => visibleElement(seen, ofElement(where, '')),
  );
  const narrow = options.reindexed && scope.kind === 'condition' ? scope.narrow : undefined;
  const { marks, rest } = narrowing(narrow, false);
  return { ...paging, filter: all(toFilter(and(rest, conditionOf(scope)), 'instance'), caller), marks };
}

/**
 * The plan that asks whether the scope admits an instance of which the condition holds. Undefined: it admits none, and
 * nothing is to be asked.
 */
export function existencePlan(
  scope: Scope,
  condition: Condition,
  options: ScopedOptions,
): Pick<InstancePlan, 'filter' | 'marks'> | undefined {
  if (scope.kind === 'nothing') return undefined;
  const narrow = options.reindexed && scope.kind === 'condition' ? scope.narrow : undefined;
  const { marks, rest } = narrowing(narrow, false);
  return { filter: toFilter(and(condition, rest, conditionOf(scope)), 'instance'), marks };
}

/** The filter of a list of models; undefined: no query is to be sent. Who may read a model may read its events. */
export function modelFilter(scope: Scope, query: CallerQuery): Filter | undefined {
  if (scope.kind === 'nothing') return undefined;
  const caller = compound(
    query,
    (leaf) => (leaf.on === 'row' ? leafFilter(leaf) : { events: { $elemMatch: leafFilter(leaf) } }),
    (where) => ({ events: { $elemMatch: ofElement(where, '') } }),
  );
  return all(toFilter(conditionOf(scope), 'model'), caller);
}
