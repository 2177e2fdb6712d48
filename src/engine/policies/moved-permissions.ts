import {
  bitsOf,
  PERMISSION_NAMES,
  type SectionPermission,
} from '../../core/policies/sections/permissions.js';
import type { SectionPlace } from '../../core/policies/sections/section-entries.js';
import { holderKey, type PlaceNode } from '../../core/policies/sections/section-index.js';
import type { Sections } from '../../core/policies/sections/sections.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';
import { grantsOn } from './section-changes.js';

/** The permissions in force on a place, its own and inherited ones, as bits by holder. */
function inForceOn(set: PolicySet, at: PlaceNode | undefined): Map<string, number> {
  const found = new Map<string, number>();
  for (let node = at; node !== undefined; node = node.inherits ? node.parent : undefined)
    for (const [, grant] of grantsOn(set, node.place)) {
      const holder = holderKey(grant);
      found.set(holder, (found.get(holder) ?? 0) | bitsOf(grant.permissions));
    }
  return found;
}

/** The permissions that some user or group would have on what is moved, and does not have now. */
export function movedPermissions(
  set: PolicySet,
  { index }: Sections,
  from: SectionPlace,
  to: SectionPlace,
): readonly SectionPermission[] {
  const before = inForceOn(set, index.find(from));
  let gained = 0;
  for (const [holder, bits] of inForceOn(set, index.find(to))) gained |= bits & ~(before.get(holder) ?? 0);
  return PERMISSION_NAMES.filter((name) => (gained & bitsOf([name])) !== 0);
}
