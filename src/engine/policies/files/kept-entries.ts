import {
  SECTION,
  SECTION_PERMISSION,
  type SectionGrant,
} from '../../../core/policies/sections/section-entries.js';
import {
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type SecurityRoleHolder,
} from '../../../core/policies/security-roles.js';
import type { PolicyChange, PolicySet } from '../../../core/policy-set/policy-set.js';

/** The role or section that an entry adds to. */
function extendedBy({ kind, value }: PolicyChange): readonly [kind: string, id: string] | undefined {
  if (kind === SECURITY_ROLE_HOLDER) return [SECURITY_ROLE, (value as SecurityRoleHolder).role];
  if (kind !== SECTION_PERMISSION) return undefined;
  const grant = value as SectionGrant;
  return 'section' in grant ? [SECTION, grant.section] : undefined;
}

/** What was given through the API for roles and sections that come from files, and stays when these are applied. */
export const keptEntries = (set: PolicySet): PolicyChange[] =>
  [...set.changes()].filter((entry) => {
    const of = entry.file === undefined ? extendedBy(entry) : undefined;
    return of !== undefined && set.fileOf(...of) !== undefined;
  });
