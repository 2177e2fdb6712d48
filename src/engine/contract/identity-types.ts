import type { Operation } from '../../core/operation.js';
import type { SecureUser, UserInfo } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { Right } from '../../core/rights.js';
import type { AuditEntry } from '../../store/port.js';
import type { GuardApi } from './api-types.js';

/**
 * What an enforcement point outside the engine asks: `authenticate`, `requirePrivilege` and `requireRight` are made of
 * it. Who calls must have been established by the caller of these.
 */
export interface Identity {
  /** With one, groups and `disabled` come from it, whatever else is said of a user. */
  readonly hasDirectory: boolean;
  /** Who acts without a login; undefined unless REQUIRE_AUTHENTICATION is `false`. */
  readonly nobody: SecureUser | undefined;
  /**
   * The user as the directory has it today.
   * @throws AccessDenied `unauthenticated`; CouldNotTell when the directory does not answer
   */
  establish(user: UserInfo): Promise<SecureUser>;
  /**
   * A principal that is no user of the directory, such as a program with a key. This very object counts, no
   * copy of it.
   */
  vouch(info: UserInfo): SecureUser;
  /** The API bound to a principal. @param actor name of who calls on its behalf, for the audit trail */
  bind(principal: SecureUser, actor?: string): GuardApi;
  /** `runAs` for a principal that is established. @param actor name of who calls on its behalf, for the audit trail */
  run<T>(principal: SecureUser, fn: () => T | PromiseLike<T>, actor?: string): Promise<T>;
  /** The same where nobody is known: nothing in it passes for the application's own code, outside every request. */
  runAsNobody<T>(fn: () => T | PromiseLike<T>): Promise<T>;
  /**
   * Asserts that the user may do it: to the resource, or without one, that there could be a resource where it may.
   * @param user undefined: the ambient principal
   * @param name of what is asked for, for the audit trail
   * @throws AccessDenied; recorded
   */
  require(
    user: UserInfo | undefined,
    operation: Operation,
    resource?: Resource,
    name?: string,
  ): Promise<SecureUser>;
  /**
   * Asserts that the user holds the right: ADMIN and SYSTEM do, others by `attributes.rights`. @throws
   * AccessDenied; recorded
   */
  requireRight(user: UserInfo | undefined, right: Right): Promise<SecureUser>;
  /** Asserts what `require` asserts, of a principal that is established; not recorded. @throws AccessDenied */
  decide(principal: SecureUser, operation: Operation, resource?: Resource): Promise<void>;
  /**
   * Does something for a user and records what came of it, done or refused. `what`: an operation, or a name
   * in its place. `changes` tells what decided about access before and after, for the record.
   */
  call<T>(
    user: UserInfo | undefined,
    what: string,
    target: AuditEntry['resource'],
    work: (
      principal: SecureUser,
      changes: (change: Pick<AuditEntry, 'before' | 'after'>) => void,
    ) => Promise<T>,
  ): Promise<T>;
  /**
   * Records that somebody could not be let in; the name is that of a key, where it was a good one. Without a name 60 a
   * minute are recorded of each kind (way and error code), and of the others how many they were.
   */
  refused(
    name: string | undefined,
    target: AuditEntry['resource'],
    error: unknown,
    from?: Pick<AuditEntry, 'address' | 'onBehalfOf'>,
  ): Promise<void>;
  /**
   * Records that somebody signed in or out; for applications that keep sessions.
   * @example await guard.identity.session('login', user.userName, { address: req.ip });
   */
  session(
    event: 'login' | 'logout',
    userName: string,
    from?: Pick<AuditEntry, 'address' | 'tenantId'>,
  ): Promise<void>;
  /**
   * Records a sign-in that did not succeed: 60 a minute of each error code, and of the others how many they were.
   * @param error the reason: `AccessDenied` for a wrong password, CouldNotTell for a store that did not answer
   * @param from `userName` only where there is such a user: people type their password into the wrong field
   */
  refusedLogin(
    error: unknown,
    from?: { readonly userName?: string | undefined; readonly address?: string | undefined },
  ): Promise<void>;
}
