import type { Policy } from '../policy.js';
import type { PolicySet } from '../policy-set/policy-set.js';
import type { SecureUser } from '../principal.js';
import { RIGHTS, rightsIn, type Right, type RightEntry } from '../rights.js';
import { securityRights } from './security-rights.js';

/** The kinds of policy set entries for security roles. */
export const SECURITY_ROLE = 'security-role';
export const SECURITY_ROLE_HOLDER = 'security-role-holder';

/** A named bundle of rights. */
export interface SecurityRole {
  readonly rights: readonly Right[];
  /** Description of its purpose. */
  readonly says?: string;
}

/** A holder of a security role: a user, or all members of a group. A user and a group of one name are two holders. */
export type Holder = { readonly user: string } | { readonly group: string };

/** The assignment of a security role to a holder. */
export type SecurityRoleHolder = Holder & { readonly role: string };

const isInternal = (right: Right): boolean => (RIGHTS[right] as RightEntry).internal === true;
const ALL: readonly Right[] = Object.freeze(Object.keys(RIGHTS) as Right[]);
/** The rights that every administrator holds. */
const NOT_INTERNAL: readonly Right[] = Object.freeze(ALL.filter((right) => !isInternal(right)));

/** The id of the entry that assigns a role to a holder. */
export const holderId = (role: string, holder: Holder): string =>
  JSON.stringify([role, ...('user' in holder ? ['user', holder.user] : ['group', holder.group])]);

const keyOf = (holder: Holder): string => ('user' in holder ? `u:${holder.user}` : `g:${holder.group}`);
/** Finds the assignments of a holder. */
const byHolder = (value: unknown): string => keyOf(value as SecurityRoleHolder);
/** Finds the assignments of a role. */
const byRole = (value: unknown): string => (value as SecurityRoleHolder).role;

/** The assignments of one role in a set. */
export const holdersOf = (set: PolicySet, role: string): readonly SecurityRoleHolder[] =>
  set.of(SECURITY_ROLE_HOLDER).where(byRole, role) as SecurityRoleHolder[];

/** The security roles of one policy set: who holds which rights. */
export class SecurityRoles {
  readonly roles: ReadonlyMap<string, SecurityRole>;

  private made: readonly Policy[] | undefined;

  constructor(private readonly set: PolicySet) {
    this.roles = set.of(SECURITY_ROLE) as ReadonlyMap<string, unknown> as ReadonlyMap<string, SecurityRole>;
  }

  /** True when there is a security role; without one, rights restrict nothing. */
  get exist(): boolean {
    return this.roles.size > 0;
  }

  /** The policies that follow: none without a role. */
  get policies(): readonly Policy[] {
    this.made ??= Object.freeze(this.exist ? [securityRights(this)] : []);
    return this.made;
  }

  /** The roles without a holder. */
  get unheld(): readonly string[] {
    return [...this.roles.keys()].filter((role) => holdersOf(this.set, role).length === 0);
  }

  /** The roles of the principal and of its groups. */
  rolesOf({ userName, userGroups }: Pick<SecureUser, 'userName' | 'userGroups'>): readonly string[] {
    const held = this.set.of(SECURITY_ROLE_HOLDER);
    const found = [keyOf({ user: userName }), ...userGroups.map((group) => keyOf({ group }))].flatMap(
      (key) => held.where(byHolder, key) as SecurityRoleHolder[],
    );
    return [...new Set(found.map(({ role }) => role))];
  }

  /**
   * The rights of the principal: those of its roles, and those in its `attributes.rights`. SYSTEM holds all rights,
   * ADMIN all except internal ones.
   */
  rightsOf(principal: SecureUser): ReadonlySet<Right> {
    const held = new Set<Right>(rightsIn(principal.attributes.rights));
    if (principal.isAdmin()) for (const right of principal.isSystem() ? ALL : NOT_INTERNAL) held.add(right);
    for (const role of this.rolesOf(principal))
      for (const right of this.roles.get(role)?.rights ?? []) held.add(right);
    return held;
  }
}
