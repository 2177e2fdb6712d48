import { AccessDenied, Conflict } from '../../core/errors.js';
import {
  holdersOf,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type SecurityRole,
  type SecurityRoleHolder,
} from '../../core/policies/security-roles.js';
import { PolicySet, type PolicyChange } from '../../core/policy-set.js';
import type { SecureUser } from '../../core/principal.js';
import { RIGHTS, type Right, type RightEntry } from '../../core/rights.js';
import { show } from '../../core/value.js';
import type { InForce } from './policy-book.js';
import { widens } from './widening.js';

const MANAGE: Right = 'SecurityRole:Manage';

/** Tells whether a holder of a role is active: a user who is not disabled, or a group with members. */
export interface People {
  isUser(name: string): Promise<boolean>;
  hasMembers(group: string): Promise<boolean>;
}

const ONLY_ADMIN = 'it permits more to others, and only ADMIN does that';

const no = (what: string): never => {
  throw new AccessDenied('forbidden', `You may not ${what}.`);
};

const rightsIn = (set: PolicySet, role: string): readonly Right[] =>
  (set.of(SECURITY_ROLE).get(role) as SecurityRole | undefined)?.rights ?? [];

/** A right that an entry gives through a role. */
interface GivenRight extends Pick<PolicyChange, 'kind' | 'id'> {
  readonly role: string;
  readonly right: Right;
}

/** Each right that a change gives. */
function* given(
  before: PolicySet,
  after: PolicySet,
  changes: readonly PolicyChange[],
): IterableIterator<GivenRight> {
  for (const { kind, id, value } of changes) {
    if (value === null) continue;
    if (kind === SECURITY_ROLE) {
      const had = rightsIn(before, id);
      for (const right of (value as SecurityRole).rights)
        if (!had.includes(right)) yield { kind, id, role: id, right };
    }
    if (kind === SECURITY_ROLE_HOLDER && !before.of(kind).has(id)) {
      const { role } = value as SecurityRoleHolder;
      for (const right of rightsIn(after, role)) yield { kind, id, role, right };
    }
  }
}

const isInternal = (right: Right): boolean => (RIGHTS[right] as RightEntry).internal === true;

/** The first of the entries that gives an internal right; undefined: none does. */
export function internalRightIn(set: PolicySet, stated: readonly PolicyChange[]): GivenRight | undefined {
  for (const one of given(PolicySet.EMPTY, set, stated)) if (isInternal(one.right)) return one;
  return undefined;
}

/**
 * Refuses a change that gives anybody what its author does not hold. Rights are compared one by one. Other entries that
 * permit something, or lift a restriction, are for ADMIN; narrowing and withdrawing are always possible. Only SYSTEM
 * gives internal rights, and only with `allowInternal`. What is moved between sections is compared where it is moved.
 * @throws AccessDenied `forbidden`, naming the right or the entry
 */
export function assertMayGive(
  by: SecureUser,
  { set, securityRoles }: InForce,
  after: PolicySet,
  changes: readonly PolicyChange[],
  allowInternal: boolean,
): void {
  const wider = by.isAdmin() ? undefined : changes.find((change) => widens(set, after, change));
  if (wider !== undefined) no(`change the ${wider.kind} ${show(wider.id)} in this way: ${ONLY_ADMIN}`);
  if (!by.isAdmin() && securityRoles.exist && after.of(SECURITY_ROLE).size === 0)
    no(`remove the last security role, without which rights restrict nobody: ${ONLY_ADMIN}`);
  const held = securityRoles.rightsOf(by);
  for (const { role, right } of given(set, after, changes)) {
    if (!held.has(right)) no(`give the right ${right} through the role ${show(role)}: you do not hold it`);
    // Who was given one, or has it from the directory, does not pass it on.
    if (isInternal(right) && !by.isSystem()) no(`give the internal right ${right}: only SYSTEM does`);
    if (isInternal(right) && !allowInternal) no(`give the internal right ${right} without allowInternal`);
  }
}

/** The refusal to take away the last who may manage security roles. */
export const noManagerLeft = (): Conflict =>
  new Conflict('wrong-state', `At least one active user or group must hold the right ${MANAGE}.`);

/** True when an active holder of a role may manage security roles. */
export async function hasManager(set: PolicySet, people: People): Promise<boolean> {
  for (const [name, role] of set.of(SECURITY_ROLE)) {
    if (!(role as SecurityRole).rights.includes(MANAGE)) continue;
    for (const holder of holdersOf(set, name))
      if ('user' in holder ? await people.isUser(holder.user) : await people.hasMembers(holder.group))
        return true;
  }
  return false;
}

/**
 * Refuses a change that removes the last holder who may manage security roles.
 * @throws Conflict `wrong-state`
 */
export async function assertManagerStays(before: PolicySet, after: PolicySet, people: People): Promise<void> {
  // Nobody has to be looked up for a change of something else.
  if ([SECURITY_ROLE, SECURITY_ROLE_HOLDER].every((kind) => before.of(kind) === after.of(kind))) return;
  if ((await hasManager(after, people)) || !(await hasManager(before, people))) return;
  throw noManagerLeft();
}
