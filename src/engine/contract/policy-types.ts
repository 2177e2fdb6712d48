import type { LintReport } from '../../core/policies/lint/finding.js';
import type { DutiesApi } from './duty-types.js';

import type { GridApi } from './grid-types.js';
import type { Holder, SecurityRole } from '../../core/policies/security-roles.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import type { UserInfo } from '../../core/principal.js';
import type { Right } from '../../core/rights.js';
import type { CaseFieldsApi, CaseOperationsApi } from './case-types.js';
import type { PolicyVersion } from '../../store/port.js';
import type { PolicyChangeOptions } from './policy-change-options.js';
import type { SectionsApi } from './section-types.js';

export type { Holder as SecurityRoleHolder, SecurityRole } from '../../core/policies/security-roles.js';
export type { LintFinding, LintReport } from '../../core/policies/lint/finding.js';
export type * from './policy-change-options.js';
export type { PolicyChange } from '../../core/policy-set/policy-set.js';

/** A version of the policy set in the history. */
export type PolicyVersionView = Pick<
  PolicyVersion,
  'version' | 'time' | 'userName' | 'reason' | 'source' | 'count'
> & {
  /** Its changes; missing if they are large: `read` the versions before and after. */
  readonly changes?: readonly PolicyChange[];
};

/** The whole configuration at one version. */
export interface PolicySetView {
  /** 0: nothing was ever configured. */
  readonly version: number;
  /** Each entry, as the change that creates it; `file` names the policy file that it comes from. */
  readonly entries: readonly PolicyChange[];
}

/** An entry that differs between two sets. */
export interface PolicyDifference {
  readonly kind: string;
  readonly id: string;
  /** Its value in the older set; missing: it is new. */
  readonly before?: unknown;
  /** Its value in the newer set; missing: it is removed. */
  readonly after?: unknown;
}

/** Options of an import. */
export interface PolicyImportOptions extends PolicyChangeOptions {
  /** Remove entries that the text does not contain, except those from policy files. Default false: it stays. */
  readonly replace?: boolean;
}

/** A security role and its holders. */
export interface SecurityRoleView extends SecurityRole {
  readonly name: string;
  readonly holders: readonly Holder[];
}

/**
 * Named bundles of rights, and their holders. Reading requires the right `SecurityRole:Read` or `SecurityRole:Manage`,
 * changing requires `SecurityRole:Manage`. ADMIN holds every right that is not internal, SYSTEM every right. A caller
 * cannot give a right that it does not hold (403 `forbidden`). At least one active holder of `SecurityRole:Manage` must
 * remain once there is one (409 `wrong-state`).
 */
export interface SecurityRolesApi {
  /** Ordered by name. */
  list(user?: UserInfo): Promise<SecurityRoleView[]>;
  /** All rights of the caller, whatever their source; requires no right. Ordered by name. */
  mine(user?: UserInfo): Promise<Right[]>;
  /** Creates or replaces a role; its holders remain. @throws BadInput `bad-policy` */
  save(
    name: string,
    role: SecurityRole,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** Removes a role, and takes it from all its holders. @throws AccessDenied `not-found` */
  remove(name: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
  /** Gives the role to a user or a group. @throws AccessDenied `not-found` when the role does not exist */
  give(
    name: string,
    to: Holder,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** Takes the role from a user or a group. @throws AccessDenied `not-found` when it does not hold the role */
  withdraw(
    name: string,
    from: Holder,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
}

/**
 * The configuration by the administrators of the caller's tenant, as a log of versions. A change is one version: it is
 * stored completely or not at all, and takes effect at the next call, in every process. All methods except `version`
 * and `securityRoles` require `system:policy`.
 */
export interface PoliciesApi {
  /** The newest version; readers of security roles may also ask for it. */
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
   * Applies changes as one version; a `value` of null removes the entry.
   * @throws BadInput `bad-policy`, naming the invalid part; AccessDenied; Conflict `conflict`
   */
  apply(
    changes: readonly PolicyChange[],
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /**
   * What changes would do, without doing it: they are checked as `apply` checks them.
   * @throws BadInput `bad-policy`
   */
  diff(changes: readonly PolicyChange[], user?: UserInfo): Promise<PolicyDifference[]>;
  /** The set as the text of a policy file, in YAML. @param options.version an older one; missing: the newest */
  export(options?: { readonly version?: number }, user?: UserInfo): Promise<string>;
  /**
   * Applies the text of a policy file, YAML or JSON, as one version. What it states can be changed through the API
   * afterwards, unlike what comes from `policyFiles`. Without a difference no version is made.
   * @throws BadInput `bad-policy`, with line and column; AccessDenied; Conflict `conflict`, `managed-by-file`
   */
  import(text: string, options?: PolicyImportOptions, user?: UserInfo): Promise<{ version: number }>;
  /**
   * Proves what is wrong with the newest set, with counterexamples. Does a bounded amount of work, and says what it
   * left out.
   * @param options.people the people who do tasks; disabled ones are left out; missing: those of the directory who are
   * in groups that models and rules name, if it can list them
   */
  lint(options?: { readonly people?: readonly UserInfo[] }, user?: UserInfo): Promise<LintReport>;
  readonly securityRoles: SecurityRolesApi;
  readonly duties: DutiesApi;
  readonly sections: SectionsApi;
  readonly caseOperations: CaseOperationsApi;
  readonly caseFields: CaseFieldsApi;
  readonly grid: GridApi;
}

/**
 * The folder of policy files (YAML or JSON), which are applied before the guard is made and, with `watch` (default
 * false), after each change. What they state is changed only there: the API refuses it with `managed-by-file`. A
 * mistake refuses all of them: at the start no guard is made; later the policies stay, and `health()` says why.
 * `allowUnknownModels` (default false) admits names of models and case roles that are not stored yet; `allowInternal`
 * (false) admits internal rights, such as `Testing:All`. `switchOffSections` (false) removes sections when the files
 * no longer state them, with what was made through the API about them; otherwise that is refused.
 *
 * `{ release: true }`, instead of a folder: what files stated stays, and is changed through the API from now on.
 */
export type PolicyFilesOption =
  | string
  | {
      readonly folder: string;
      readonly watch?: boolean;
      readonly allowUnknownModels?: boolean;
      readonly allowInternal?: boolean;
      readonly switchOffSections?: boolean;
    }
  | { readonly release: true };
