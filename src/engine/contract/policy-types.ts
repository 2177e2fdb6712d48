import type { Holder, SecurityRole } from '../../core/policies/security-roles.js';
import type { PolicyChange } from '../../core/policy-set.js';
import type { UserInfo } from '../../core/principal.js';
import type { Right } from '../../core/rights.js';
import type { PolicyVersion } from '../../store/port.js';

export type { Holder as SecurityRoleHolder, SecurityRole } from '../../core/policies/security-roles.js';
export type { PolicyChange } from '../../core/policy-set.js';

/** How a change of the policies is made. */
export interface PolicyChangeOptions {
  /** Refuse with 409 `conflict` unless this is the newest version; missing: whichever is the newest is changed. */
  readonly expectedVersion?: number;
  /** Why, for the history; at most 1,000 characters. */
  readonly reason?: string;
  /** Let internal rights, such as `Testing:All`, be given; for SYSTEM. Default false. */
  readonly allowInternal?: boolean;
}

/** A version of the policy set, as the history tells of it. */
export type PolicyVersionView = Pick<
  PolicyVersion,
  'version' | 'time' | 'userName' | 'reason' | 'source' | 'count'
> & {
  /** What it changed; missing where that is large: `read` the versions before and after. */
  readonly changes?: readonly PolicyChange[];
};

/** All that is configured, at one version. */
export interface PolicySetView {
  /** 0: nothing was ever configured. */
  readonly version: number;
  /** Each entry as the change that would make it. */
  readonly entries: readonly PolicyChange[];
}

/** A security role, and who holds it. */
export interface SecurityRoleView extends SecurityRole {
  readonly name: string;
  readonly holders: readonly Holder[];
}

/**
 * Named bundles of rights and who holds them. Reading takes the right `SecurityRole:Read` or `SecurityRole:Manage`,
 * changing `SecurityRole:Manage`. ADMIN holds every right that is not internal, SYSTEM every right. Nobody gives a
 * right that they do not hold (403 `forbidden`), and somebody must be left who may manage (409 `wrong-state`).
 */
export interface SecurityRolesApi {
  /** Ordered by name. */
  list(user?: UserInfo): Promise<SecurityRoleView[]>;
  /** The rights of the caller, by whatever gives them; needs no right. Ordered by name. */
  mine(user?: UserInfo): Promise<Right[]>;
  /** Makes a role, or replaces it; its holders stay. @throws BadInput `bad-policy` */
  save(
    name: string,
    role: SecurityRole,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** Takes the role from all who hold it as well. @throws AccessDenied `not-found` */
  remove(name: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
  /** Gives the role to a user or a group. @throws AccessDenied `not-found` when there is no such role */
  give(
    name: string,
    to: Holder,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** Takes the role from a user or a group. @throws AccessDenied `not-found` when they do not hold it */
  withdraw(
    name: string,
    from: Holder,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
}

/**
 * What the administrators of the caller's tenant have configured, as a log of versions. A change is one version: all of
 * it is stored or nothing, and it counts from the next call on, in every process. All but `version` and `securityRoles`
 * ask `system:policy`.
 */
export interface PoliciesApi {
  /** The newest version; also for those who may read security roles. */
  version(user?: UserInfo): Promise<number>;
  /** @param options.version an older one; missing: the newest */
  read(options?: { readonly version?: number }, user?: UserInfo): Promise<PolicySetView>;
  /**
   * Versions, the newest first.
   * @param options.limit at most 500, default 50
   * @param options.before only those below this version
   */
  history(
    options?: { readonly limit?: number; readonly before?: number },
    user?: UserInfo,
  ): Promise<PolicyVersionView[]>;
  /**
   * Makes changes as one version: an entry of `value` null is removed.
   * @throws BadInput `bad-policy`, naming what was met; AccessDenied; Conflict `conflict`
   */
  apply(
    changes: readonly PolicyChange[],
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  readonly securityRoles: SecurityRolesApi;
}
