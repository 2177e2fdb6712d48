import type { StoredComment } from '../../store/case-documents.js';
import type { RoleHolders } from '../../core/policies/case-roles/holders.js';
import type { CaseOperation } from '../../core/policies/case-roles/operations.js';
import type { CaseFieldEntry } from '../../core/policies/case-roles/case-kinds.js';
import type { UserInfo } from '../../core/principal.js';
import type { PolicyChangeOptions } from './policy-change-options.js';
import type { Data, InstanceView } from './view-types.js';

export type { RoleHolders } from '../../core/policies/case-roles/holders.js';
export type { CaseOperation } from '../../core/policies/case-roles/operations.js';
export type { CaseFieldEntry } from '../../core/policies/case-roles/case-kinds.js';

/** A role of a case, with its holders. A user and a group of one name are two holders. */
export interface CaseRoleView extends RoleHolders {
  readonly name: string;
  /** Below so many holders, tasks for the role start closed. */
  readonly min: number;
  /** At most so many holders; missing: up to 500. */
  readonly max?: number;
}

/** A comment on a case. */
export type CaseComment = StoredComment;

/**
 * Cases: instances of models that declare roles. Each member takes the id of the instance. An instance that the caller
 * may not read is 404 `not-found`; one whose model declares no roles is 400 `bad-request`, except for data.
 */
export interface CasesApi {
  /** The roles that the model declares, in its order. Needs `instance:read`. */
  roles(instanceId: string, user?: UserInfo): Promise<CaseRoleView[]>;
  /**
   * Replaces the holders of a role. Tasks that exist keep their candidates. Needs MODIFY_ROLE_ASSIGNMENT.
   * @param holders a missing list is empty
   * @throws BadInput `bad-request` for a role that is not declared; `bad-assignment` for too many holders, or a user
   * whom the directory does not know; Conflict `wrong-state` if it would leave the case without an owner, or the
   * instance has ended
   */
  setRole(
    instanceId: string,
    role: string,
    holders: Partial<RoleHolders>,
    user?: UserInfo,
  ): Promise<CaseRoleView>;
  /** Adds holders to a role; otherwise like `setRole`. */
  addToRole(
    instanceId: string,
    role: string,
    holders: Partial<RoleHolders>,
    user?: UserInfo,
  ): Promise<CaseRoleView>;
  /**
   * Adds a comment. Everybody who has a role in the case may.
   * @param text at most 4,000 characters
   * @param options.roles shows it to these roles and its author only
   * @throws BadInput `too-large` beyond 200 comments, or 250,000 characters of them; for administrators and those who
   * have written few, beyond 1,000 and 1,000,000
   */
  comment(
    instanceId: string,
    text: string,
    options?: { readonly roles?: readonly string[] },
    user?: UserInfo,
  ): Promise<CaseComment>;
  /** Replaces the text of a comment: one's own, or another's with MODIFY_COMMENT. */
  changeComment(instanceId: string, commentId: string, text: string, user?: UserInfo): Promise<CaseComment>;
  /** Removes a comment: one's own, or another's with MODIFY_COMMENT. */
  removeComment(instanceId: string, commentId: string, user?: UserInfo): Promise<void>;
  /** The comments that the caller may read, the oldest first. Needs `instance:read`. */
  listComments(instanceId: string, user?: UserInfo): Promise<CaseComment[]>;
  /**
   * Sets fields of the instance's data without completing a task: each key replaces the field of that name. Needs
   * `instance:data`, in a case ADD_DATA.
   * @throws AccessDenied `forbidden` also for a field that is hidden from the caller; BadInput `protected-variable`
   */
  setData(instanceId: string, data: Data, user?: UserInfo): Promise<InstanceView>;
  /** Removes fields of the instance's data by name. Needs `instance:data`, in a case REMOVE_DATA. */
  removeData(instanceId: string, names: readonly string[], user?: UserInfo): Promise<InstanceView>;
}

/** Which part of an operation that stands for several, such as `instance:data`. */
export interface DecisionAbout {
  readonly caseOperation?: CaseOperation;
}

/** The roles that may perform a case operation. */
export interface CaseOperationView {
  readonly operation: CaseOperation;
  /** Missing: everybody who has a role in the case. Empty: nobody but administrators. */
  readonly roles?: readonly string[];
  /** Whether it was configured; otherwise the roles are the default. */
  readonly configured: boolean;
}

/** A field of the data of cases that only some roles see. */
export interface CaseFieldView extends CaseFieldEntry {
  /** A path below the data, such as `data.salary`. */
  readonly field: string;
}

/** Which roles of a case may perform which operation. All members need `system:policy`; only ADMIN adds roles. */
export interface CaseOperationsApi {
  list(user?: UserInfo): Promise<CaseOperationView[]>;
  /** @throws BadInput `bad-policy` for an unknown operation, or a role that no model declares */
  save(
    operation: CaseOperation,
    roles: readonly string[],
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** Gives an operation its default back. @throws AccessDenied `not-found` if it is not configured */
  reset(
    operation: CaseOperation,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /**
   * Makes the configuration that of a `case-authorization.properties`, as jBPM reads it, in one version; operations
   * that it does not name get their default back. The version stays the same if nothing changes.
   * @throws BadInput `bad-policy` with the line, and nothing changes
   */
  load(text: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
  /** The configuration as such a file; empty if nothing is configured. */
  text(user?: UserInfo): Promise<string>;
}

/** Fields of the data of cases that only some roles see. All need `system:policy`; only ADMIN shows them to more. */
export interface CaseFieldsApi {
  list(user?: UserInfo): Promise<CaseFieldView[]>;
  /** @throws BadInput `bad-policy` for a path that is not below data, or a role or model that does not exist */
  save(
    field: string,
    entry: CaseFieldEntry,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** Shows the field to everybody who may read the case. @throws AccessDenied `not-found` */
  remove(field: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
}
