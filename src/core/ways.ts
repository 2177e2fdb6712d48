import { mapCases } from './cases.js';
import { and, eq, isNothing, isReference, or, some, type Condition } from './condition.js';
import { conditionSize, MOST_STATED } from './condition-size.js';
import { isOnlyTenant, type Mark } from './mark.js';
import type { Rule } from './policy.js';
import { conjuncts } from './named.js';
import type { Predicates } from './predicates.js';
import type { Way } from './scope.js';
import { marksOf } from './search.js';
import { widened } from './widened.js';

const SEPARATOR = '\n';

/**
 * The ways into a scope that rules open, before they are bound to a principal. Ways with the same marks, or without
 * any, are merged.
 */
export function alternativesBySearch(rules: readonly Rule[], predicates: Predicates): Way[] {
  const bySearch = new Map<
    string | undefined,
    { readonly search: readonly Mark[] | undefined; readonly whens: Condition[] }
  >();
  for (const { when, search } of rules) {
    const key = search?.join(SEPARATOR);
    const way = bySearch.get(key);
    if (way === undefined) bySearch.set(key, { search, whens: [when] });
    else way.whens.push(when);
  }
  return [...bySearch.values()].map(({ search, whens }) => ({
    when: predicates.alternatives(whens),
    search,
  }));
}

/** The ways into a scope, and its restrictions. */
export interface Ways {
  readonly ways: readonly Way[];
  readonly restricts: readonly Condition[];
}

/** Ways with different marks, in a scope that is stated roughly. */
const MOST_WAYS = 8;

const sizeOf = (conditions: readonly Condition[]): number =>
  conditions.reduce((sum, condition) => sum + conditionSize(condition), 0);

/** No search goes without it. */
const isOfTenant = (condition: Condition): boolean =>
  'field' in condition && condition.field === 'instance.tenantId';

/** One way for all of them, with all their marks. */
function joined(ways: readonly Way[]): Way[] {
  const marked = ways.filter(({ search }) => search !== undefined);
  const search = [...new Set(marked.flatMap((way) => way.search ?? []))];
  return [
    ...ways.filter((way) => way.search === undefined),
    { when: or(...marked.map(({ when }) => when)), search },
  ];
}

/**
 * The same, unless it is too large for a query: then ways and restrictions that are small, and hold wherever these
 * hold.
 */
export function roughly(whole: Ways): Ways {
  const { ways, restricts } = whole;
  if (sizeOf([...ways.map(({ when }) => when), ...restricts]) <= MOST_STATED) return whole;
  const few = ways.length > MOST_WAYS ? joined(ways) : ways;
  const others = restricts.filter((condition) => !isOfTenant(condition));
  return {
    ways: few.map(({ when, search }) => ({ when: widened(when, MOST_STATED / 2 / few.length), search })),
    restricts: [...restricts.filter(isOfTenant), ...conjuncts(widened(and(...others), MOST_STATED / 2))],
  };
}

const ANYBODY = 'anybody';

/** The condition if the principal has all values that it is compared with. */
function assumed(condition: Condition): Condition {
  switch (condition.op) {
    case 'eq':
      return isReference(condition.value) && condition.value.ref === 'user'
        ? eq(condition.field, ANYBODY)
        : condition;
    case 'in':
    case 'overlaps':
      return isReference(condition.values) && condition.values.ref === 'user'
        ? eq(condition.field, ANYBODY)
        : condition;
    case 'and':
      return and(...condition.of.map(assumed));
    case 'or':
      return or(...condition.of.map(assumed));
    case 'some':
      return some(condition.field, assumed(condition.where));
    case 'cases':
      return mapCases(condition, assumed);
    default:
      return condition;
  }
}

/** True if no marks follow from a rule, whatever the principal is. */
export const isUnmarked = ({ when, search }: Rule): boolean =>
  search === undefined && !isNothing(when) && isOnlyTenant(marksOf(assumed(when), 'read'));
