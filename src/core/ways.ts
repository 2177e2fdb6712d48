import { bind } from './bind.js';
import { isNothing, type Condition } from './condition.js';
import { isOnlyTenant, type Mark } from './mark.js';
import type { Rule } from './policy.js';
import type { Predicates } from './predicates.js';
import type { SecureUser } from './principal.js';
import type { Way } from './scope.js';
import { marksOf } from './search.js';

const SEPARATOR = '\n';

/** The ways into a scope that rules open: those that name the same marks, or none, are one. */
export function waysOf(rules: readonly Rule[], principal: SecureUser, predicates: Predicates): Way[] {
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
  return [...bySearch.values()]
    .map(({ search, whens }): Way => ({ when: bind(predicates.alternatives(whens), principal), search }))
    .filter(({ when }) => !isNothing(when));
}

/** True when a rule that permits something says nothing of where to look for it. */
export function isUnmarked({ when, search }: Rule, principal: SecureUser): boolean {
  if (search !== undefined) return false;
  const bound = bind(when, principal);
  return !isNothing(bound) && isOnlyTenant(marksOf(bound, 'read'));
}
