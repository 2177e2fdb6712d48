import { CASE_FIELD } from '../../core/policies/case-roles/case-kinds.js';
import { DUTY, type Duty } from '../../core/policies/duties/duty.js';
import { GRID_RULE } from '../../core/policies/grid/grid.js';
import { namesIn } from '../../core/policy-set/kinds.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';
import { show } from '../../core/value.js';

/** The kinds of entries that say something of tasks and data by the name of the model. */
const BY_NAME = [DUTY, GRID_RULE, CASE_FIELD];

/** The entries that name a model, in words; of those that bind administrators only, if asked. */
export function policiesNaming(set: PolicySet, model: string, strictOnly = false): string | undefined {
  const found: string[] = [];
  for (const kind of strictOnly ? [DUTY] : BY_NAME)
    for (const [id, value] of set.of(kind)) {
      if (strictOnly && (value as Duty).strict !== true) continue;
      if (namesIn({ kind, id, value }).some((named) => named.model === model))
        found.push(`${kind} ${show(id)}`);
    }
  const more = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return found.length === 0 ? undefined : found.slice(0, 3).join(', ') + more;
}
