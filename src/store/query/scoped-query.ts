import { and, EVERYTHING, isNothing, NOTHING, type Condition } from '../../core/condition.js';
import type { Scope } from '../../core/scope.js';
import type { Scalar } from '../../core/value.js';
import type { CallerQuery, Leaf } from './caller-query.js';
import { needsAllItems, relax, specialise, toFilter, VALUE_TYPES } from './filter.js';
import { disjunctive, type Term } from './disjunctive.js';
import { askedOf, shownFor, type Hidden } from './hidden.js';
import { conjuncts, pinned, planMarks, saidOfInstance, saidOfItem } from './plan-marks.js';
import type { Filter, InstancePlan, ItemPlan, Paging } from '../port.js';

/** Any value, to define "absent": an empty list counts as a value. */
const ANY_VALUE = Object.freeze({ $type: Object.freeze([...VALUE_TYPES, 'array']) });
/** An item is a document in the list with a string as its id; other entries are not items. */
const TEXT: Filter = Object.freeze({ $type: 'string', $not: { $type: 'array' } });
const IS_LIST: Filter = Object.freeze({ items: { $type: 'array' } });
const IS_ITEM: Filter = Object.freeze({ 'items.id': TEXT, $nor: [IS_LIST] });
/** Instance fields that every reader of an item sees; filtering and sorting by others needs access to the instance. */
const SEEN_WITH_ITEM: ReadonlySet<string> = new Set(['id', 'name', '_id']);

const anyOf = (filters: readonly Filter[]): Filter =>
  filters.length === 1 ? (filters[0] as Filter) : { $or: filters };

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

/** The query on one element, whose fields are below `prefix`. */
const ofElement = (query: CallerQuery, prefix: string): Filter =>
  compound(
    query,
    (leaf) => leafFilter(leaf, prefix),
    (where) => ofElement(where, prefix),
  );

/** The caller's query, applied to a document with one element in place of its list. */
export function listedFilter(query: CallerQuery, list: string, hidden?: Hidden): Filter {
  const ofLeaf = (leaf: Leaf): Filter => {
    const plain = leafFilter(leaf, leaf.on === 'item' ? `${list}.` : '');
    return anyOf(
      askedOf(hidden, leaf).map(({ where, tested }) =>
        all(where === undefined ? {} : toFilter(where, 'unwound'), tested ? plain : {}),
      ),
    );
  };
  const element = (where: CallerQuery): Filter => compound(where, ofLeaf, element);
  return compound(query, ofLeaf, element);
}

function leaves(query: CallerQuery): Leaf[] {
  if (query.kind === 'element') return leaves(query.where);
  return query.kind === 'test' || query.kind === 'absent' ? [query] : query.of.flatMap(leaves);
}

/** A necessary condition on an instance for one of its items to satisfy the query; never too narrow. */
function beforeUnwinding(query: CallerQuery, hidden: Hidden | undefined): Filter {
  // Conditions on hidden fields apply to single items only, where it is known whether the field is shown.
  const parts = conjuncts(query).filter((part) => shownFor(hidden, leaves(part)).length === 0);
  const on = (side: Leaf['on']): CallerQuery[] =>
    parts.filter((part) => leaves(part).every((leaf) => leaf.on === side));
  const ofItem = on('item');
  const element =
    ofItem.length === 0 ? {} : { items: { $elemMatch: all(...ofItem.map((part) => ofElement(part, ''))) } };
  return all(...on('row').map((part) => ofElement(part, '')), element);
}

/** The readable items, as alternatives. */
const seenItems = (visible: Scope): readonly Term[] => disjunctive(conditionOf(visible));

function hasElement(query: CallerQuery): boolean {
  return query.kind === 'element' || ('of' in query && query.of.some(hasElement));
}

/** The ways of a scope that remain when fields of the item are known. */
function specialised(scope: Scope, known: ReadonlyMap<string, Scalar>): Scope {
  if (scope.kind !== 'condition') return scope;
  const ways = scope.ways
    .map(({ when, search }) => ({ when: specialise(when, known), search }))
    .filter(({ when }) => !isNothing(when));
  return { ...scope, ways };
}

const conditionOf = (scope: Scope): Condition =>
  scope.kind === 'nothing' ? NOTHING : scope.kind === 'everything' ? EVERYTHING : scope.condition;

export interface ScopedOptions {
  /** False until every stored instance has its marks; lists do not search by marks before that. */
  readonly reindexed: boolean;
  /** Missing: every reader of an item sees all its fields. */
  readonly hidden?: Hidden | undefined;
}

/** True when a query for items uses instance fields that some readers of its items do not see. */
export function looksInside(query: CallerQuery, { sort = [] }: Paging): boolean {
  return (
    sort.some(([field]) => !field.startsWith('items.') && !SEEN_WITH_ITEM.has(field)) ||
    leaves(query).some((leaf) => leaf.on === 'row' && !SEEN_WITH_ITEM.has(leaf.field))
  );
}

/**
 * The plan of a list of items: scope and caller's query side by side. `instances` is the scope of reading instances; it
 * applies only if the query `looksInside` an instance, so that filtering does not reveal unreadable data. Undefined:
 * nothing can match, so no query is sent.
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
  const marks = options.reindexed
    ? planMarks(specialised(scope, known), saidOfItem(query), known.get('item.status') === 'wait')
    : undefined;
  return {
    ...paging,
    before: all(IS_LIST, toFilter(relax(condition), 'instance'), beforeUnwinding(query, options.hidden)),
    marks,
    each: all(IS_ITEM, toFilter(condition, 'unwound'), listedFilter(query, 'items', options.hidden)),
    needsAll: [condition, ...shownFor(options.hidden, leaves(query))].some(needsAllItems),
  };
}

/** A filter on instances: a readable item satisfies the test. */
const visibleElement = (visible: readonly Term[], test: Filter): Filter =>
  visible.length === 0
    ? toFilter(NOTHING, 'instance')
    : anyOf(
        visible.map(({ instance, item }) =>
          all(toFilter(instance, 'instance'), {
            items: { $elemMatch: { id: TEXT, $and: [toFilter(item, 'element'), test] } },
          }),
        ),
      );

/**
 * The plan of a list of instances. Conditions on items apply only to items that the principal may read (`visible` is
 * the scope of reading tasks), because a filter must not reveal hidden data. Undefined: send no query.
 */
export function instancePlan(
  scope: Scope,
  visible: Scope,
  query: CallerQuery,
  paging: Paging,
  options: ScopedOptions,
): InstancePlan | undefined {
  if (scope.kind === 'nothing') return undefined;
  const { hidden } = options;
  const seen = leaves(query).some(({ on }) => on === 'item') || hasElement(query) ? seenItems(visible) : [];
  const seenWhere = (...where: readonly Condition[]): readonly Term[] =>
    where.length === 0 ? seen : disjunctive(and(conditionOf(visible), ...where));
  const caller = compound(
    query,
    (leaf) =>
      leaf.on === 'row'
        ? anyOf(
            askedOf(hidden, leaf).map(({ where, tested }) =>
              all(where === undefined ? {} : toFilter(where, 'instance'), tested ? leafFilter(leaf) : {}),
            ),
          )
        : anyOf(
            askedOf(hidden, leaf).map(({ where, tested }) =>
              visibleElement(where === undefined ? seen : seenWhere(where), tested ? leafFilter(leaf) : {}),
            ),
          ),
    // Items that hide these fields are excluded, so that they cannot answer.
    (where) => visibleElement(seenWhere(...shownFor(hidden, leaves(where))), ofElement(where, '')),
  );
  const marks = options.reindexed ? planMarks(scope, saidOfInstance(query), false) : undefined;
  return { ...paging, filter: all(toFilter(conditionOf(scope), 'instance'), caller), marks };
}

/**
 * The plan that tells whether the scope admits an instance for which the condition holds. Undefined: it admits none;
 * send no query.
 */
export function existencePlan(
  scope: Scope,
  condition: Condition,
  options: ScopedOptions,
): Pick<InstancePlan, 'filter' | 'marks'> | undefined {
  if (scope.kind === 'nothing') return undefined;
  const marks = options.reindexed
    ? planMarks(scope, condition.op === 'and' ? condition.of : [condition], false)
    : undefined;
  return { filter: toFilter(and(condition, conditionOf(scope)), 'instance'), marks };
}

/** The filter of a list of models; undefined: send no query. Readers of a model may read its events. */
export function modelFilter(scope: Scope, query: CallerQuery): Filter | undefined {
  if (scope.kind === 'nothing') return undefined;
  const caller = compound(
    query,
    (leaf) => (leaf.on === 'row' ? leafFilter(leaf) : { events: { $elemMatch: leafFilter(leaf) } }),
    (where) => ({ events: { $elemMatch: ofElement(where, '') } }),
  );
  return all(toFilter(conditionOf(scope), 'model'), caller);
}
