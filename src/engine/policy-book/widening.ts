import {
  CASE_FIELD,
  CASE_OPERATION,
  type CaseFieldEntry,
} from '../../core/policies/case-roles/case-kinds.js';
import { CASE_DEFAULTS, type CaseOperation } from '../../core/policies/case-roles/operations.js';
import { configuredOperations } from '../../core/policies/case-roles/properties.js';
import { DUTY } from '../../core/policies/duties/duty.js';
import { isSectionKind } from '../../core/policies/sections/section-entries.js';
import { SECURITY_ROLE, SECURITY_ROLE_HOLDER } from '../../core/policies/security-roles.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';

/** Whether the list has a name that the other lacks; undefined stands for all names. */
function adds(names: readonly string[] | undefined, to: readonly string[] | undefined): boolean {
  if (to === undefined) return false;
  return names === undefined || names.some((name) => !to.includes(name));
}

const rolesFor = (set: PolicySet, operation: string): readonly string[] | undefined =>
  configuredOperations(set).get(operation as CaseOperation)?.roles ??
  CASE_DEFAULTS[operation as CaseOperation];

/** Whether the field is seen in other cases, or by other roles, than before. */
function shows(before: CaseFieldEntry | undefined, after: CaseFieldEntry | undefined): boolean {
  if (before === undefined) return false;
  return after === undefined || adds(after.roles, before.roles) || adds(before.models, after.models);
}

/**
 * Whether the change lets somebody do or see what the set before did not. Kinds that are not listed, and those whose
 * effect on people cannot be compared entry by entry, always do. Security roles are compared right by right elsewhere,
 * and sections by whoever may move them.
 */
export function widens(before: PolicySet, after: PolicySet, { kind, id }: PolicyChange): boolean {
  switch (kind) {
    case SECURITY_ROLE:
    case SECURITY_ROLE_HOLDER:
      return false;
    case DUTY:
      return before.of(DUTY).has(id) && before.of(DUTY).get(id) !== after.of(DUTY).get(id);
    case CASE_OPERATION:
      return adds(rolesFor(after, id), rolesFor(before, id));
    case CASE_FIELD:
      return shows(
        before.of(kind).get(id) as CaseFieldEntry | undefined,
        after.of(kind).get(id) as CaseFieldEntry | undefined,
      );
    default:
      return !isSectionKind(kind);
  }
}
