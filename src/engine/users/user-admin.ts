import {
  assertArgument,
  assertOptions,
  checkedLater,
  withFunctions,
  type Kind,
  type OptionsOf,
} from '../../core/options.js';
import { AccessDenied, BadInput, Conflict, notFound } from '../../core/errors.js';
import type { SecureUser, UserInfo } from '../../core/principal.js';
import type { DirectoryUser, UserDirectory } from './directory.js';
import type { Guard } from '../contract/types.js';
import { crossesTenants } from '../policy-book/giving-to-persons.js';
import { accessFacts, tenantOfUser } from './access-facts.js';
import { checkNewUser, checkUser, checkUserName, type UserChange } from './user-input.js';

type Changes = Parameters<Parameters<Guard['identity']['call']>[3]>[1];

/** A user to add. Without a password, the user cannot sign in with one. */
export interface NewUser extends UserInfo {
  readonly password?: string;
}

/**
 * Administration of the users in the store. Each call is recorded. It needs `system:policy` or, once the tenant has a
 * security role, the right `Person:Manage` (for `list`, `Person:Read` suffices). `by` is the acting user; missing: the
 * ambient principal. A user with a tenant sees and changes the users of that tenant; one without a tenant, the users
 * without one; SYSTEM without a tenant, all.
 *
 * Nobody becomes more by it, whatever policies permit: only SYSTEM touches members of SYSTEM, only administrators those
 * of ADMIN and DESIGNER. All others may add or enable a user, or set a password, only if the user holds nothing that
 * they do not hold themselves: rights, groups, attributes, and what sections and the grid say of the user by name. Nor
 * do they give any of it. Administrators give all except internal rights. Taking away is always possible, but somebody
 * must be left who holds `SecurityRole:Manage` by a role, and an administrator (409 `wrong-state`). Users are changed
 * one at a time, in all processes, so that the last two cannot both leave at once.
 */
export interface UserAdmin {
  /** Without passwords and their hashes, ordered by name. */
  list(by?: UserInfo): Promise<DirectoryUser[]>;
  /** @throws Conflict `conflict` if the name is in use, in any tenant; BadInput `bad-request` */
  add(user: NewUser, by?: UserInfo): Promise<void>;
  /** Takes effect at the user's next call. @throws AccessDenied `not-found` */
  disable(userName: string, by?: UserInfo): Promise<void>;
  enable(userName: string, by?: UserInfo): Promise<void>;
  /**
   * Replaces groups, attributes or both, all or nothing.
   * @param seen the user as `list` returned it, which the changes are based on
   * @throws AccessDenied `not-found`; Conflict `conflict` if the user has changed since
   */
  change(
    seen: DirectoryUser,
    changes: Pick<UserChange, 'userGroups' | 'attributes'>,
    by?: UserInfo,
  ): Promise<void>;
  /** Replaces the groups. */
  setGroups(userName: string, userGroups: readonly string[], by?: UserInfo): Promise<void>;
  /** Replaces the attributes. */
  setAttributes(
    userName: string,
    attributes: Readonly<Record<string, unknown>>,
    by?: UserInfo,
  ): Promise<void>;
  setPassword(userName: string, password: string, by?: UserInfo): Promise<void>;
  /**
   * Changes the caller's own password; needs the right `Person:Change_Own_Password` once the tenant has a security
   * role.
   * @throws AccessDenied `forbidden` if the old password is wrong; BadInput `bad-request` if the new one is not
   * acceptable
   */
  changeOwnPassword(oldPassword: string, newPassword: string, by?: UserInfo): Promise<void>;
}

/** What `change` replaces; the values are checked with the user. */
const CHANGES = {
  userGroups: checkedLater('a list of names'),
  attributes: checkedLater('an object'),
} satisfies OptionsOf<Pick<UserChange, 'userGroups' | 'attributes'>>;
const bad = (text: string): BadInput => new BadInput('bad-request', text);

const inReach = (by: SecureUser, user: UserInfo): boolean =>
  crossesTenants(by) || (user.tenantId ?? undefined) === by.tenantId;

const GUARD: Kind = {
  takes: 'a guard, as createGuard gives it',
  holds: (value) => typeof (value as Partial<Guard> | null | undefined)?.identity?.call === 'function',
};

/**
 * Creates the administration of a directory. Pass the directory that the guard uses.
 * @example
 * await userAdmin(guard, directory).setGroups('ann', ['hr', 'boss'], user);
 */
export function userAdmin(guard: Pick<Guard, 'identity'>, directory: UserDirectory): UserAdmin {
  assertArgument('userAdmin', guard, GUARD);
  assertArgument('userAdmin', directory, withFunctions('a directory, as userDirectory gives it', ['add']));
  const { identity } = guard;
  const { persons } = identity;

  function administer<T>(
    what: string,
    userName: string | undefined,
    by: UserInfo | undefined,
    work: (by: SecureUser, changes: Changes) => Promise<T>,
  ): Promise<T> {
    const target = {
      kind: 'system',
      name: what,
      ...(typeof userName === 'string' ? { id: userName.slice(0, 200) } : {}),
    };
    return identity.call(by, 'system:policy', target, work);
  }

  /** The user, if the principal may change some users and reaches this one. */
  async function reach(by: SecureUser, name: unknown): Promise<DirectoryUser> {
    await persons.assertMayManage(by);
    const user = await directory.find(checkUserName(name));
    if (user === undefined || !inReach(by, user)) throw notFound('user');
    return user;
  }

  const change = (
    what: string,
    userName: string,
    by: UserInfo | undefined,
    changes: UserChange,
    seen?: DirectoryUser,
  ): Promise<void> =>
    administer(what, userName, by, async (caller, changed) => {
      // Callers who may not change this user at all are refused without waiting for others.
      await reach(caller, userName);
      await persons.alone(caller, async (principal) => {
        const before = await reach(principal, userName);
        const after = checkUser({ ...before, ...changes });
        const { disabled = before.disabled } = changes;
        await persons.assertMayChange(principal, before, { ...after, disabled });
        const { userGroups, attributes } = after;
        const checked = {
          ...changes,
          ...(changes.userGroups === undefined ? {} : { userGroups }),
          ...(changes.attributes === undefined ? {} : { attributes }),
        };
        if (!(await directory.change(before.userName, checked as UserChange, seen ?? before)))
          throw notFound('user');
        changed({
          ...tenantOfUser(before),
          before: accessFacts(before),
          after: accessFacts({ ...after, disabled }),
        });
      });
    });

  return Object.freeze({
    list: (by) =>
      administer('list users', undefined, by, async (principal) => {
        await persons.assertMayRead(principal);
        return (await directory.list()).filter((user) => inReach(principal, user));
      }),

    add: (user, by) =>
      administer('add user', user?.userName, by, async (principal, changed) => {
        await persons.assertMayManage(principal);
        checkNewUser(user);
        const { password, ...rest } = user;
        const checked = checkUser(rest);
        const assertMayAdd = async (caller: SecureUser): Promise<void> => {
          if (!inReach(caller, checked))
            throw new AccessDenied('forbidden', 'You may not add users of another tenant.');
          await persons.assertMayChange(caller, undefined, checked);
        };
        await assertMayAdd(principal);
        // As for setPassword.
        const confirm = async (): Promise<void> => {
          const again = await identity.establish(principal);
          await persons.assertMayManage(again);
          await assertMayAdd(again);
        };
        if (!(await directory.add(checked, password, confirm)))
          throw new Conflict('conflict', 'This user name is not available.');
        changed({ ...tenantOfUser(checked), after: accessFacts(checked) });
      }),

    disable: (userName, by) => change('disable user', userName, by, { disabled: true }),
    enable: (userName, by) => change('enable user', userName, by, { disabled: false }),
    change: async (seen, changes, by) => {
      assertOptions('a change of a user', changes, CHANGES, bad);
      const { userGroups, attributes } = changes;
      const wanted = { ...(userGroups && { userGroups }), ...(attributes && { attributes }) };
      return change('change user', seen?.userName, by, wanted, seen);
    },
    setGroups: (userName, userGroups, by) => change('set groups', userName, by, { userGroups }),
    setAttributes: (userName, attributes, by) => change('set attributes', userName, by, { attributes }),

    setPassword: (userName, password, by) =>
      administer('set password', userName, by, async (principal, changed) => {
        const user = await reach(principal, userName);
        await persons.assertMayChange(principal, undefined, user);
        // Hashing takes a while, during which the administrator may have lost the right.
        const confirm = async (): Promise<void> => {
          const again = await identity.establish(principal);
          await persons.assertMayManage(again);
          if (!inReach(again, user)) throw notFound('user');
          await persons.assertMayChange(again, undefined, user);
        };
        if (!(await directory.setPassword(user.userName, password, user, confirm))) throw notFound('user');
        changed(tenantOfUser(user));
      }),

    changeOwnPassword: (oldPassword, newPassword, by) =>
      identity.call(
        by,
        'Person:Change_Own_Password',
        { kind: 'system', name: 'change own password' },
        async (principal) => {
          const { userName } = principal;
          await persons.assertMayChangeOwnPassword(principal);
          const seen = await directory.find(userName);
          if (seen === undefined || (await directory.verify(userName, oldPassword)) === undefined)
            throw new AccessDenied('forbidden', 'The old password is wrong.');
          // As for setPassword; a user who was changed meanwhile is refused as that.
          const confirm = (): Promise<void> => persons.assertMayChangeOwnPassword(principal);
          if (!(await directory.setPassword(userName, newPassword, seen, confirm))) throw notFound('user');
        },
      ),
  } satisfies UserAdmin);
}
