import { and, EVERYTHING, isNothing, NOTHING, type Condition } from '../../core/condition.js';
import type { Scope } from '../../core/scope.js';
import type { Scalar } from '../../core/value.js';
import { sizeOf } from '../bson/codec.js';
import type { Filter, InstancePlan, ItemPlan, ModelPlan, Paging } from '../port.js';
import { all, anyOf, compound, leafFilter, leaves, ofElement } from './caller-filter.js';
import type { CallerQuery, Leaf } from './caller-query.js';
import { allExact, exactInstance, exactItem, exactModel } from './exact.js';
import { needsAllItems, relax, specialise, toFilter, type Shape } from './filter.js';
import { askedOf, shownFor, type Hidden } from './hidden.js';
import { instanceQuery, TEXT } from './instance-query.js';
import { conjuncts, pinned, planMarks, saidOfInstance, saidOfItem } from './plan-marks.js';
import { widened } from './widened.js';

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

/**
 * The largest condition of a scope in a query, in bytes. A list of items states it twice. Rules that need more are
 * asked roughly in the database, and exactly of the rows that it returns.
 */
const MOST_BYTES = 32 * 1024;

/** The condition as a query states it; another one, which admits more, if it would be too large. */
const asFarAsItFits = (condition: Condition, shape: Shape): Condition =>
  widened(condition, MOST_BYTES, (part) => sizeOf(toFilter(part, shape)));

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
  const needsAll = [condition, ...shownFor(options.hidden, leaves(query))].some(needsAllItems);
  const asked = asFarAsItFits(condition, 'unwound');
  return {
    ...paging,
    before: all(IS_LIST, toFilter(relax(asked), 'instance'), beforeUnwinding(query, options.hidden)),
    marks,
    each: all(IS_ITEM, toFilter(asked, 'unwound'), listedFilter(query, 'items', options.hidden)),
    ...(asked !== condition && { exact: exactItem(condition, needsAll) }),
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
  const condition = conditionOf(scope);
  const asked = asFarAsItFits(condition, 'instance');
  const caller = instanceQuery(query, conditionOf(visible), options.hidden, MOST_BYTES);
  const exact = allExact(asked === condition ? undefined : exactInstance(condition), caller.exact);
  return {
    ...paging,
    filter: all(toFilter(asked, 'instance'), caller.filter),
    marks: options.reindexed ? planMarks(scope, saidOfInstance(query), false) : undefined,
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
): Pick<InstancePlan, 'filter' | 'marks' | 'exact'> | undefined {
  if (scope.kind === 'nothing') return undefined;
  const marks = options.reindexed
    ? planMarks(scope, condition.op === 'and' ? condition.of : [condition], false)
    : undefined;
  const wanted = and(condition, conditionOf(scope));
  const asked = asFarAsItFits(wanted, 'instance');
  return {
    filter: toFilter(asked, 'instance'),
    marks,
    ...(asked !== wanted && { exact: exactInstance(wanted) }),
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
  const condition = conditionOf(scope);
  const asked = asFarAsItFits(condition, 'model');
  return {
    filter: all(toFilter(asked, 'model'), caller),
    ...(asked !== condition && { exact: exactModel(condition) }),
  };
}
