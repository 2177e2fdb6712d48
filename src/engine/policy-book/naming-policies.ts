import { CASE_FIELD } from '../../core/policies/case-roles/case-kinds.js';
import { DUTY, type Duty } from '../../core/policies/duties/duty.js';
import { GRID_RULE } from '../../core/policies/grid/grid.js';
import { namesIn } from '../../core/policy-set/kinds.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';
import type { Resource } from '../../core/resource.js';
import { show } from '../../core/value.js';

/** The kinds of entries that say something of tasks and data by the name of the model. */
const BY_NAME = [DUTY, GRID_RULE, CASE_FIELD];

/** The ids of entries in words, the first few of them. */
function inWords(found: readonly string[]): string {
  const more = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return `: ${found.slice(0, 3).join(', ')}${more}`;
}

/**
 * The entries that name a model: for who may read policies, in words after a colon; otherwise, an empty text. Undefined
 * if there are none.
 * @param strictOnly only those that bind administrators
 */
export function policiesNaming(
  asker: { allows(operation: 'system:policy', resource: Resource): boolean },
  set: PolicySet,
  model: string,
  strictOnly = false,
): string | undefined {
  const found: string[] = [];
  for (const kind of strictOnly ? [DUTY] : BY_NAME)
    for (const [id, value] of set.of(kind)) {
      if (strictOnly && (value as Duty).strict !== true) continue;
      if (namesIn({ kind, id, value }).some((named) => named.model === model))
        found.push(`${kind} ${show(id)}`);
    }
  if (found.length === 0) return undefined;
  return asker.allows('system:policy', {}) ? inWords(found) : '';
}
