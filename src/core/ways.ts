import { mapCases } from './cases.js';
import { and, eq, isNothing, isReference, or, some, type Condition } from './condition.js';
import { isOnlyTenant, type Mark } from './mark.js';
import type { Rule } from './policy.js';
import type { Predicates } from './predicates.js';
import type { Way } from './scope.js';
import { marksOf } from './search.js';

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
