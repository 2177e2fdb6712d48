import { and, EVERYTHING, NOTHING, type Condition } from '../../core/condition/condition.js';
import { conditionSize } from '../../core/condition/size.js';
import { isRough, statedOf, testOf, type Scope } from '../../core/decision/scope.js';
import { widened } from '../../core/condition/widened.js';
import { sizeOf } from '../bson/codec.js';
import type { Exact, Filter } from '../port.js';
import { all, anyOf, compound, leafFilter, leaves, ofElement } from './caller-filter.js';
import type { CallerQuery } from './caller-query.js';
import { disjunctive, type Term } from './disjunctive.js';
import { toFilter } from './filter.js';
import { askedOf, shownFor, type Hidden } from './hidden.js';
import { exactQuery } from './instance-test.js';

/** An item is a document in the list with a string as its id; other entries are not items. */
export const TEXT: Filter = Object.freeze({ $type: 'string', $not: { $type: 'array' } });

/** The items that count where these conditions hold for them, as alternatives. */
type Seen = (where: readonly Condition[]) => readonly Term[];

/** Any item may count. */
const ANY_ITEM: readonly Term[] = Object.freeze([{ instance: EVERYTHING, item: EVERYTHING }]);

/** A filter on instances: an item that counts satisfies the test. */
const anItem = (terms: readonly Term[], test: Filter): Filter =>
  terms.length === 0
    ? toFilter(NOTHING, 'instance')
    : anyOf(
        terms.map(({ instance, item }) =>
          all(toFilter(instance, 'instance'), {
            items: { $elemMatch: { id: TEXT, $and: [toFilter(item, 'element'), test] } },
          }),
        ),
      );

const filterOf = (query: CallerQuery, seen: Seen, hidden: Hidden | undefined): Filter =>
  compound(
    query,
    (leaf) =>
      anyOf(
        askedOf(hidden, leaf).map(({ where, tested }) => {
          const shown = where === undefined ? [] : [where];
          const test = tested ? leafFilter(leaf) : {};
          return leaf.on === 'row'
            ? all(...shown.map((one) => toFilter(one, 'instance')), test)
            : anItem(seen(shown), test);
        }),
      ),
    // Items that hide these fields are excluded, so that they cannot answer.
    (where) => anItem(seen(shownFor(hidden, leaves(where))), ofElement(where, '')),
  );

/** The number of places where a query asks something of items. */
function itemParts(query: CallerQuery): number {
  if (query.kind === 'element') return 1;
  if ('of' in query) return query.of.reduce((sum, part) => sum + itemParts(part), 0);
  return query.on === 'item' ? 1 : 0;
}

/** The query without what it denies of items; it finds more then, never less. */
function withoutDenials(query: CallerQuery): CallerQuery {
  if (!('of' in query)) return query;
  if (query.kind !== 'nor') return { kind: query.kind, of: query.of.map(withoutDenials) };
  const of = query.of.filter((part) => itemParts(part) === 0);
  return { kind: of.length === 0 ? 'and' : 'nor', of };
}

/** The filter that tells all; undefined if the rules about items cannot be written so, or not in so many bytes. */
function exactFilter(
  query: CallerQuery,
  scope: Scope,
  hidden: Hidden | undefined,
  most: number,
): Filter | undefined {
  const visible = statedOf(scope).condition;
  if (isRough(scope) || conditionSize(visible) > most) return undefined;
  const terms = disjunctive(visible);
  if (terms === undefined) return undefined;
  let isExact = true;
  const seen: Seen = (where) => {
    const found = where.length === 0 ? terms : disjunctive(and(visible, ...where));
    isExact &&= found !== undefined;
    return found ?? ANY_ITEM;
  };
  const filter = filterOf(query, seen, hidden);
  if (!isExact) return undefined;
  const excess = sizeOf(filter) - most;
  return excess <= 0 || excess <= sizeOf(filterOf(query, () => ANY_ITEM, hidden)) ? filter : undefined;
}

/** The items that count, roughly: more than do, never fewer. */
function roughly(visible: Condition, most: number): readonly Term[] {
  const terms = disjunctive(widened(visible, most));
  return terms !== undefined && sizeOf(anItem(terms, {})) <= most ? terms : ANY_ITEM;
}

/**
 * The caller's query for a list of instances. What it says of items applies only to those that the principal may read
 * (`visible`), because a filter must not reveal hidden data.
 * @param most bytes of the filter in addition to the query. If the rules about items need more, or compare an item with
 * its instance, the filter admits too much, and each row is tested
 */
export function instanceQuery(
  query: CallerQuery,
  visible: Scope,
  hidden: Hidden | undefined,
  most: number,
): { readonly filter: Filter; readonly exact?: Exact } {
  const parts = itemParts(query);
  const filter = parts === 0 ? filterOf(query, () => [], hidden) : exactFilter(query, visible, hidden, most);
  if (filter !== undefined) return { filter };
  const terms = roughly(statedOf(visible).condition, most / parts);
  return {
    filter: filterOf(withoutDenials(query), () => terms, hidden),
    exact: exactQuery(query, testOf(visible), hidden),
  };
}
