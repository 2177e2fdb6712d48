import { and, isFixed, isNothing, type Condition } from '../../core/condition/condition.js';
import { MOST_STATED } from '../../core/condition/size.js';
import {
  isRough,
  statedOf,
  testOf,
  type Scope,
  type ScopeTest,
  type Stated,
} from '../../core/decision/scope.js';
import type { Scalar } from '../../core/value.js';
import { widened } from '../../core/condition/widened.js';
import type { Filter, InstancePlan, ItemPlan, MarkFilter, ModelPlan, Paging, Selected } from '../port.js';
import { all, anyOf, compound, leafFilter, leaves, ofElement } from './caller-filter.js';
import type { CallerQuery, Leaf } from './caller-query.js';
import { allExact, exactInstance, exactItem, exactModel } from './exact.js';
import { needsAllItems, relax, specialise, toFilter } from './filter.js';
import { askedOf, shownFor, type Hidden } from './hidden.js';
import { instanceQuery, TEXT } from './instance-query.js';
import { conjuncts, pinned, planMarks, saidOfInstance, saidOfItem } from './plan-marks.js';

const IS_LIST: Filter = Object.freeze({ items: { $type: 'array' } });
const IS_ITEM: Filter = Object.freeze({ 'items.id': TEXT, $nor: [IS_LIST] });
/** Instance fields that every reader of an item sees; filtering and sorting by others needs access to the instance. */
const SEEN_WITH_ITEM: ReadonlySet<string> = new Set(['id', 'name', '_id']);

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

/** What remains of a scope when fields of the item are known. */
function specialised({ condition, ways, restricts }: Stated, known: ReadonlyMap<string, Scalar>): Stated {
  return {
    condition: specialise(condition, known),
    ways: ways
      .map(({ when, search }) => ({ when: specialise(when, known), search }))
      .filter(({ when }) => !isNothing(when)),
    restricts,
  };
}

/** What lists of items ask of a condition, on whatever fields the caller's query is about. */
interface ItemFilters {
  /** The condition, or a wider one that a query can state. */
  readonly stated: Condition;
  /** Of instances that may have such an item. */
  readonly before: Filter;
  /** Of instances with one of their items. */
  readonly each: Filter;
  readonly needsAll: boolean;
}

/** The filters of conditions: one principal's scope is the same in call after call. */
class FiltersOfItems {
  private readonly known = new WeakMap<Condition, ItemFilters>();

  of(condition: Condition): ItemFilters {
    let found = this.known.get(condition);
    if (found === undefined) {
      const stated = widened(condition, MOST_STATED);
      found = {
        stated,
        before: toFilter(relax(stated), 'instance'),
        each: toFilter(stated, 'unwound'),
        needsAll: needsAllItems(stated),
      };
      // One of an application may change.
      if (isFixed(condition)) this.known.set(condition, found);
    }
    return found;
  }
}
const filtersOfItems = new FiltersOfItems();

/** What a query states of scopes, and the tests of what it finds if it does not state all. */
interface Asked {
  readonly condition: Condition;
  readonly tests: readonly ScopeTest[];
}

/** @param isWhole the query states what the scopes state together, and no less */
const testsUnless = (isWhole: boolean, ...scopes: readonly Scope[]): readonly ScopeTest[] =>
  isWhole && !scopes.some(isRough) ? [] : scopes.map(testOf);

/** @param condition what the scopes state together */
function asked(condition: Condition, ...scopes: readonly Scope[]): Asked {
  const small = widened(condition, MOST_STATED);
  return { condition: small, tests: testsUnless(small === condition, ...scopes) };
}

export interface ScopedOptions {
  /** False until every stored instance has its marks; lists do not search by marks before that. */
  readonly reindexed: boolean;
  /** The paths below `data` for which instances are marked, in the order in which they were added; none by default. */
  readonly dataPaths?: readonly string[];
  /** Missing: every reader of an item sees all its fields. */
  readonly hidden?: Hidden | undefined;
}

/** True for a query that can find items of one instance only, which it names by its id. */
export const namesOneInstance = (query: CallerQuery): boolean => isOneInstance(saidOfItem(query));

/** The index of ids finds it: marks would only take time to be planned, and a server could prefer their index. */
const isOneInstance = (said: readonly Condition[]): boolean =>
  said.some((one) => one.op === 'eq' && one.field === 'instance.id' && typeof one.value === 'string');

const marksFor = (
  stated: Stated,
  said: readonly Condition[],
  { reindexed, dataPaths = [] }: ScopedOptions,
  isWaiting = false,
): MarkFilter | undefined =>
  reindexed && !isOneInstance(said) ? planMarks(stated, said, isWaiting, dataPaths) : undefined;

const marksOf = (scope: Scope, said: readonly Condition[], options: ScopedOptions): MarkFilter | undefined =>
  scope.kind === 'condition' ? marksFor(statedOf(scope), said, options) : undefined;

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
  const stated = specialised(statedOf(scope), known);
  const beside = looksInside(query, paging) ? [instances] : [];
  const whole = beside.length === 0 ? stated.condition : and(stated.condition, statedOf(instances).condition);
  if (isNothing(whole)) return undefined;
  const filters = filtersOfItems.of(whole);
  const tests = testsUnless(filters.stated === whole, scope, ...beside);
  const needsAll =
    filters.needsAll ||
    shownFor(options.hidden, leaves(query)).some(needsAllItems) ||
    tests.some(({ needsItems }) => needsItems);
  const exact = allExact(tests.map((test) => exactItem(test, needsAll)));
  const isWaiting = known.get('item.status') === 'wait';
  return {
    ...paging,
    before: all(IS_LIST, filters.before, beforeUnwinding(query, options.hidden)),
    marks: scope.kind === 'condition' ? marksFor(stated, saidOfItem(query), options, isWaiting) : undefined,
    each: all(IS_ITEM, filters.each, listedFilter(query, 'items', options.hidden)),
    ...(exact && { exact }),
    needsAll,
  };
}

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
  const { condition, tests } = asked(statedOf(scope).condition, scope);
  const caller = instanceQuery(query, visible, options.hidden, MOST_STATED);
  const exact = allExact([...tests.map(exactInstance), ...(caller.exact ? [caller.exact] : [])]);
  return {
    ...paging,
    filter: all(toFilter(condition, 'instance'), caller.filter),
    marks: marksOf(scope, saidOfInstance(query), options),
    ...(exact && { exact }),
  };
}

/**
 * The plan that tells whether the scope admits an instance for which the condition holds. Undefined: it admits none;
 * send no query.
 */
export function existencePlan(
  scope: Scope,
  condition: Condition,
  options: ScopedOptions,
): Selected | undefined {
  if (scope.kind === 'nothing') return undefined;
  const { condition: small, tests } = asked(statedOf(scope).condition, scope);
  const exact = allExact(tests.map(exactInstance));
  return {
    filter: toFilter(and(condition, small), 'instance'),
    marks: marksOf(scope, condition.op === 'and' ? condition.of : [condition], options),
    ...(exact && { exact }),
  };
}

/** The plan of a list of models; undefined: send no query. Readers of a model may read its events. */
export function modelPlan(scope: Scope, query: CallerQuery): ModelPlan | undefined {
  if (scope.kind === 'nothing') return undefined;
  const caller = compound(
    query,
    (leaf) => (leaf.on === 'row' ? leafFilter(leaf) : { events: { $elemMatch: leafFilter(leaf) } }),
    (where) => ({ events: { $elemMatch: ofElement(where, '') } }),
  );
  const { condition, tests } = asked(statedOf(scope).condition, scope);
  const exact = allExact(tests.map(exactModel));
  return { filter: all(toFilter(condition, 'model'), caller), ...(exact && { exact }) };
}
