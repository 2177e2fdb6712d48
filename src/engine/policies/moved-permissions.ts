import {
  bitsOf,
  PERMISSION_NAMES,
  type SectionPermission,
} from '../../core/policies/sections/permissions.js';
import {
  modelId,
  SECTION_PERMISSION,
  type SectionGrant,
  type SectionPlace,
} from '../../core/policies/sections/section-entries.js';
import { groupKey, userKey, type PlaceNode } from '../../core/policies/sections/section-index.js';
import type { Sections } from '../../core/policies/sections/sections.js';
import type { PolicySet } from '../../core/policy-set.js';

const keyOf = (place: SectionPlace): string =>
  'section' in place ? `s:${place.section}` : `m:${modelId(place)}`;

/** The permissions in force on a place, its own and inherited ones, as bits by holder. */
function inForceOn(set: PolicySet, at: PlaceNode | undefined): Map<string, number> {
  const chain = new Set<string>();
  for (let node = at; node !== undefined; node = node.inherits ? node.parent : undefined)
    chain.add(keyOf(node.place));
  const found = new Map<string, number>();
  for (const value of set.of(SECTION_PERMISSION).values()) {
    const grant = value as SectionGrant;
    if (!chain.has(keyOf(grant))) continue;
    const holder = 'user' in grant ? userKey(grant.user) : groupKey(grant.group);
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
