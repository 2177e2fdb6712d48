import type { PolicySet } from '../policy-set.js';
import type { SecureUser } from '../principal.js';
import { RIGHTS, rightsIn, type Right, type RightEntry } from '../rights.js';

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

/** The security roles of one policy set: who holds which rights. */
export class SecurityRoles {
  private readonly byHolder = new Map<string, string[]>();
  readonly roles: ReadonlyMap<string, SecurityRole>;

  constructor(set: PolicySet) {
    this.roles = set.of(SECURITY_ROLE) as ReadonlyMap<string, SecurityRole>;
    for (const value of set.of(SECURITY_ROLE_HOLDER).values()) {
      const holder = value as SecurityRoleHolder;
      const known = this.byHolder.get(keyOf(holder));
      if (known === undefined) this.byHolder.set(keyOf(holder), [holder.role]);
      else known.push(holder.role);
    }
  }

  /** True when there is a security role; without one, rights restrict nothing. */
  get exist(): boolean {
    return this.roles.size > 0;
  }

  /** The roles that nobody was given. */
  get unheld(): readonly string[] {
    const held = new Set([...this.byHolder.values()].flat());
    return [...this.roles.keys()].filter((role) => !held.has(role));
  }

  /** The roles of the principal and of its groups. */
  rolesOf({ userName, userGroups }: Pick<SecureUser, 'userName' | 'userGroups'>): readonly string[] {
    const found = [`u:${userName}`, ...userGroups.map((group) => `g:${group}`)].flatMap(
      (key) => this.byHolder.get(key) ?? [],
    );
    return [...new Set(found)];
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
