import type { GuardError } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { SecureUser, UserInfo } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { Right } from '../../core/rights.js';
import type { AuditEntry } from '../../store/port.js';
import type { GuardApi } from './api-types.js';

/** A user before or after a change. */
export type PersonState = UserInfo & { readonly disabled?: boolean | undefined };

/**
 * What an administration of users asks before it does something; `userAdmin` is built on it. The right `Person:Manage`
 * permits changes, it or `Person:Read` permits reading. With a security role in the tenant one of them is needed;
 * without, `system:policy`.
 */
export interface PersonRules {
  /** @throws AccessDenied `forbidden` */
  assertMayRead(by: SecureUser): Promise<void>;
  /** @throws AccessDenied `forbidden` unless `by` may change some users */
  assertMayManage(by: SecureUser): Promise<void>;
  /**
   * Asserts that a change, by one who may manage users, gives nobody what `by` does not hold: rights, groups,
   * attributes, permissions of sections and of the grid. ADMIN gives all except internal rights.
   * @param from the user before. Missing: a new user, or a new password, which give all that the user holds
   * @throws AccessDenied `forbidden`, naming what `by` does not hold, or for a user of another tenant, whom only SYSTEM
   * without a tenant administers; Conflict `wrong-state` if nobody would be left
   * who holds `SecurityRole:Manage` by a role, or no active administrator
   */
  assertMayChange(by: SecureUser, from: PersonState | undefined, to: PersonState): Promise<void>;
  /**
   * Does a change of a user while no other user and no holder of a security role is changed, in any process: what
   * `assertMayChange` has found still holds when the change is stored.
   * @param work gets the principal as the directory has it now
   * @throws Conflict `busy` if others take too long; `wrong-state` within another such change, as a change of the
   * policies that takes the management of security roles from somebody is within this one
   */
  alone<T>(by: SecureUser, work: (by: SecureUser) => Promise<T>): Promise<T>;
  /**
   * Asserts the right `Person:Change_Own_Password`, which is needed once the tenant has a security role.
   * @throws AccessDenied `forbidden`
   */
  assertMayChangeOwnPassword(by: SecureUser): Promise<void>;
}

/** What is known of a caller besides the name, for the audit trail. */
export interface CallerFacts extends Pick<AuditEntry, 'address' | 'onBehalfOf'> {
  /** Whose administrators see the entry. Null: none; missing: that of the user in the directory. */
  readonly tenantId?: string | null | undefined;
}

/**
 * The interface of a guard for outer enforcement points: `authenticate`, `requirePrivilege` and `requireRight` are
 * built on it. Its callers must have authenticated the user.
 */
export interface Identity {
  /** With a directory, groups and `disabled` come from it, whatever else is given for a user. */
  readonly hasDirectory: boolean;
  /** The principal of calls without a login; undefined unless REQUIRE_AUTHENTICATION is `false`. */
  readonly nobody: SecureUser | undefined;
  /**
   * The user as the directory has it now.
   * @throws AccessDenied `unauthenticated`; CouldNotTell if the directory does not answer
   */
  establish(user: UserInfo): Promise<SecureUser>;
  /**
   * Creates a principal outside the directory, such as a program with a key. Only the returned object counts, not a
   * copy of it.
   */
  vouch(info: UserInfo): SecureUser;
  /** The API bound to a principal. @param actor name of the one who calls on its behalf, for the audit trail */
  bind(principal: SecureUser, actor?: string): GuardApi;
  /** `runAs` for an established principal. @param actor name of the one who calls on its behalf, for the audit trail */
  run<T>(principal: SecureUser, fn: () => T | PromiseLike<T>, actor?: string): Promise<T>;
  /** The same without a known caller: code inside it does not count as the application's own. */
  runAsNobody<T>(fn: () => T | PromiseLike<T>): Promise<T>;
  /**
   * Runs the work of a request. A refusal in it that nothing catches, as of a promise that a route does not return, is
   * passed to `answer`, so that the request does not wait for ever. It is logged in any case.
   * @param answer answers the request; returns false if it had an answer already
   * @returns what `fn` returns
   */
  answering<T>(answer: (refusal: GuardError) => boolean, fn: () => T): T;
  /**
   * Does the same for a request that has just arrived at a server of this process, until `answering` is called. To be
   * called where the server tells of the request, before its listeners.
   */
  arrived(answer: (refusal: GuardError) => boolean): void;
  /**
   * Asserts that the user may perform the operation on the resource; without a resource, that a resource could
   * exist on which the user may.
   * @param user undefined: the ambient principal
   * @param name name of the requested resource, for the audit trail
   * @throws AccessDenied; recorded
   */
  require(
    user: UserInfo | undefined,
    operation: Operation,
    resource?: Resource,
    name?: string,
  ): Promise<SecureUser>;
  /**
   * Asserts that the user holds the right: by a security role, by `attributes.rights`, as SYSTEM, or as ADMIN unless
   * it is internal.
   * @throws AccessDenied; recorded
   */
  requireRight(user: UserInfo | undefined, right: Right): Promise<SecureUser>;
  /** What an administration of users asks. */
  readonly persons: PersonRules;
  /** Like `require`, for an established principal and without a record. @throws AccessDenied */
  decide(principal: SecureUser, operation: Operation, resource?: Resource): Promise<void>;
  /**
   * Does work for a user and records the outcome, done or refused. `what` is an operation or another name.
   * `changes` takes the facts that decided about access before and after, for the record, and the tenant of what was
   * changed, if it is not that of the user.
   */
  call<T>(
    user: UserInfo | undefined,
    what: string,
    target: AuditEntry['resource'],
    work: (
      principal: SecureUser,
      changes: (change: Pick<AuditEntry, 'before' | 'after' | 'tenantId'>) => void,
    ) => Promise<T>,
  ): Promise<T>;
  /**
   * Records a caller who could not be authenticated. The name is that of a key, if the key was valid. Without a
   * name, 60 are recorded per minute and kind (method and error code), and the rest are counted.
   */
  refused(
    name: string | undefined,
    target: AuditEntry['resource'],
    error: unknown,
    from?: CallerFacts,
  ): Promise<void>;
  /**
   * Records a login or logout, for applications that keep sessions.
   * @example await guard.identity.session('login', user.userName, { address: req.ip });
   */
  session(event: 'login' | 'logout', userName: string, from?: Omit<CallerFacts, 'onBehalfOf'>): Promise<void>;
  /**
   * Records a failed login: 60 per minute and error code; the rest are counted.
   * @param error the reason: `AccessDenied` for a wrong password, CouldNotTell for a store that did not answer
   * @param from `userName` only if that user exists: people type their password into the wrong field
   */
  refusedLogin(
    error: unknown,
    from?: { readonly userName?: string | undefined; readonly address?: string | undefined },
  ): Promise<void>;
}
