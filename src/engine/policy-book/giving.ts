import { AccessDenied, Conflict } from '../../core/errors.js';
import { DUTY, type Duty } from '../../core/policies/duties/duty.js';
import {
  holderId,
  holdersOf,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type SecurityRole,
  type SecurityRoleHolder,
} from '../../core/policies/security-roles.js';
import { PolicySet, type PolicyChange } from '../../core/policy-set/policy-set.js';
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

/** @throws AccessDenied `forbidden` */
export const no = (what: string): never => {
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

/** It binds administrators too, whom nobody else restricts. */
const isStrictDuty = ({ kind, value }: PolicyChange): boolean =>
  kind === DUTY && (value as Duty | null)?.strict === true;

const isInternal = (right: Right): boolean => (RIGHTS[right] as RightEntry).internal === true;

/** The first of the entries that gives an internal right; undefined: none does. */
export function internalRightIn(set: PolicySet, stated: readonly PolicyChange[]): GivenRight | undefined {
  for (const one of given(PolicySet.EMPTY, set, stated)) if (isInternal(one.right)) return one;
  return undefined;
}

/**
 * Refuses a change that gives anybody what its author does not hold. Rights are compared one by one. Other entries that
 * permit something, or lift a restriction, and strict duties are for ADMIN; narrowing and withdrawing are
 * always possible. Only SYSTEM
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
  const strict = by.isAdmin() ? undefined : changes.find(isStrictDuty);
  if (strict !== undefined)
    no(`add the strict duty ${show(strict.id)}: it binds ADMIN, and only ADMIN adds it`);
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

/** The refusal to remove the last manager of security roles. */
export const noManagerLeft = (): Conflict =>
  new Conflict('wrong-state', `At least one active user or group must hold the right ${MANAGE}.`);

/** Holders that are looked up for one change, at most; and side by side. */
const MOST = 1_000;
const PORTION = 32;

/** Who may manage security roles by a role, by the name of the holder; each once, by however many roles. */
function managersIn(set: PolicySet): Map<string, SecurityRoleHolder> {
  const found = new Map<string, SecurityRoleHolder>();
  for (const [name, role] of set.of(SECURITY_ROLE))
    if ((role as SecurityRole).rights.includes(MANAGE))
      for (const holder of holdersOf(set, name)) found.set(holderId('', holder), holder);
  return found;
}

/** True when one of the first `MOST` is active. The first is looked up alone: mostly it is enough. */
async function isOneActive(holders: readonly SecurityRoleHolder[], people: People): Promise<boolean> {
  const few = holders.slice(0, MOST);
  for (let [from, size] = [0, 1]; from < few.length; from += size, size = Math.min(2 * size, PORTION)) {
    const active = await Promise.all(
      few
        .slice(from, from + size)
        .map((holder) => ('user' in holder ? people.isUser(holder.user) : people.hasMembers(holder.group))),
    );
    if (active.includes(true)) return true;
  }
  return false;
}

/**
 * True when an active holder of a role may manage security roles.
 * @param beyond the answer where none was active of those looked up, and there are more
 */
export async function hasManager(set: PolicySet, people: People, beyond = false): Promise<boolean> {
  const holders = [...managersIn(set).values()];
  return (await isOneActive(holders, people)) || (beyond && holders.length > MOST);
}

/** The holders who lose the right to manage security roles. */
export function managersRemoved(before: PolicySet, after: PolicySet): SecurityRoleHolder[] {
  // Nobody has to be looked up for a change of something else.
  if ([SECURITY_ROLE, SECURITY_ROLE_HOLDER].every((kind) => before.of(kind) === after.of(kind))) return [];
  const remaining = managersIn(after);
  return [...managersIn(before)].filter(([name]) => !remaining.has(name)).map(([, holder]) => holder);
}

/**
 * Refuses a change that removes the last holder who may manage security roles. Of holders of whom very many are no
 * longer active, it looks up a limited number and takes the others for inactive.
 * @throws Conflict `wrong-state`, also where so many are removed that not all can be looked up
 */
export async function assertManagerStays(before: PolicySet, after: PolicySet, people: People): Promise<void> {
  const removed = managersRemoved(before, after);
  const remaining = managersIn(after);
  // Only the loss of an active holder counts, so holders who stay are not looked up first.
  if (removed.length === 0 || (await isOneActive([...remaining.values()], people))) return;
  if (removed.length <= MOST && !(await isOneActive(removed, people))) return;
  throw noManagerLeft();
}
