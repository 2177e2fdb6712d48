import { assertArgument, FUNCTION, type Kind } from '../../core/options.js';
import { randomUUID } from 'node:crypto';
import { Conflict } from '../../core/errors.js';
import { isDisabled, normaliseName, type UserInfo } from '../../core/principal.js';
import type { Store, StoredUser } from '../../store/port.js';
import { checkStoredUser, checkUserChange, type UserChange } from './user-input.js';
import { Passwords } from './passwords.js';
import type { Directory } from '../contract/types.js';

/** A user without the password and its hash. */
export interface DirectoryUser extends UserInfo {
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly disabled: boolean;
  /** False: the user has no password to sign in with. */
  readonly hasPassword: boolean;
}

/**
 * The users in the guard's store. Changes are for trusted code: the command line, and `userAdmin`, which asks the
 * rules first.
 */
export interface UserDirectory extends Directory {
  find(userName: string): Promise<DirectoryUser | undefined>;
  verify(userName: string, password: string): Promise<UserInfo | undefined>;
  onChanged(handler: (userName: string) => void): () => void;
  hasMembers(group: string, tenantId: string | null): Promise<boolean>;
  members(group: string, tenantId: string | null): Promise<string[]>;
  /** Ordered by name. */
  list(): Promise<DirectoryUser[]>;
  /**
   * Returns false if a user of that name exists.
   * @param password missing: no login by password
   * @param confirm called just before the user is stored; throws to prevent it
   * @throws BadInput `bad-request` if a value is not what it should be
   */
  add(user: UserInfo, password?: string, confirm?: () => Promise<void>): Promise<boolean>;
  /**
   * Returns false if there is no such user.
   * @param seen the user as `find` returned it, on which the decision was based; missing: the present user
   * @throws BadInput `bad-request` if a value is not what it should be; Conflict `conflict` if the user has changed
   * since
   */
  change(userName: string, change: UserChange, seen?: DirectoryUser): Promise<boolean>;
  /** Returns false if there is no such user. Tasks assigned to the name stay assigned to it. */
  remove(userName: string): Promise<boolean>;
  /**
   * Returns false if there is no such user.
   * @param seen as for `change`
   * @param confirm called after hashing, which takes a while, just before the hash is stored; throws to prevent it
   * @throws BadInput `bad-request` if it is not an acceptable password; Conflict `conflict` if the user has changed
   */
  setPassword(
    userName: string,
    password: string,
    seen?: DirectoryUser,
    confirm?: () => Promise<void>,
  ): Promise<boolean>;
}

const own = (user: StoredUser): UserInfo => ({
  userName: user.userName,
  userGroups: [...user.userGroups],
  tenantId: user.tenantId ?? null,
  modelsOwner: user.modelsOwner ?? null,
  attributes: user.attributes ?? {},
});

const view = (user: StoredUser): DirectoryUser => ({
  ...own(user),
  userGroups: [...user.userGroups],
  disabled: isDisabled(user),
  hasPassword: typeof user.passwordHash === 'string',
});

const STORE: Kind = {
  takes: 'the store of the guard, from openStore or guard.store',
  holds: (value) => typeof (value as Partial<Store> | null | undefined)?.users?.find === 'function',
};

/**
 * A user directory in the guard's own store. Pass it to `createGuard` as `directory`. A user who is disabled or
 * loses a group is refused at the next call in this process, and within 5 s in others.
 * @param store the guard's store, from `openStore`
 * @example
 * const directory = userDirectory(store);
 * const guard = await createGuard({ configuration, store, directory });
 */
export function userDirectory(store: Pick<Store, 'users'>): UserDirectory {
  assertArgument('userDirectory', store, STORE);
  const { users } = store;
  const passwords: Passwords = new Passwords();
  const revisions = new WeakMap<DirectoryUser, string | null>();
  const handlers = new Set<(userName: string) => void>();
  const changed = (userName: string): void => handlers.forEach((handler) => handler(userName));

  async function stored(userName: unknown): Promise<StoredUser | undefined> {
    const name = normaliseName(userName);
    return name === undefined ? undefined : users.find(name);
  }

  function shown(user: StoredUser): DirectoryUser {
    const seen = view(user);
    revisions.set(seen, user.rev ?? null);
    return seen;
  }

  async function update(
    userName: string,
    fields: Partial<StoredUser>,
    seen: DirectoryUser | undefined,
  ): Promise<boolean> {
    const name = normaliseName(userName);
    if (name === undefined) return false;
    if (seen !== undefined && !revisions.has(seen))
      throw new TypeError('seen must be a user that find of this directory returned.');
    const expected: Record<string, string | null> =
      seen === undefined ? {} : { rev: revisions.get(seen) ?? null };
    const found = await users.update(name, { ...fields, rev: randomUUID() }, expected);
    changed(name);
    if (!found && seen !== undefined && (await users.find(name)) !== undefined)
      throw new Conflict('conflict', 'The user was changed in the meantime.');
    return found;
  }

  const members = async (group: string, tenantId: string | null): Promise<string[]> =>
    (await users.list())
      .filter(
        (user) =>
          user.userGroups.includes(group) && (user.tenantId ?? null) === tenantId && !isDisabled(user),
      )
      .map(({ userName }) => userName);

  return Object.freeze({
    async find(userName) {
      const user = await stored(userName);
      return user === undefined ? undefined : shown(user);
    },

    async verify(userName, password) {
      const user = await stored(userName);
      const hash = user?.passwordHash;
      const { right, outdated } = await passwords.verify(password, hash);
      if (user === undefined || hash === undefined || !right || isDisabled(user)) return undefined;
      // Only while the compared hash is still stored: a password set in the meantime is kept.
      if (outdated)
        await users
          .update(user.userName, { passwordHash: await passwords.hash(password) }, { passwordHash: hash })
          .catch(() => false);
      return own(user);
    },

    onChanged(handler) {
      assertArgument('onChanged', handler, FUNCTION);
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },

    list: async () => (await users.list()).map(shown),

    hasMembers: async (group, tenantId) => (await members(group, tenantId)).length > 0,
    members,

    async add(user, password, confirm) {
      const checked = checkStoredUser(user);
      const { userName, userGroups = [], tenantId = null, modelsOwner = null, attributes = {} } = checked;
      if (password !== undefined) await passwords.check(password, userName);
      const row: StoredUser = {
        userName,
        userGroups: [...userGroups],
        tenantId,
        modelsOwner,
        attributes: { ...attributes },
        rev: randomUUID(),
      };
      const hashed = password === undefined ? {} : { passwordHash: await passwords.hash(password) };
      await confirm?.();
      const added = await users.insert({ ...row, ...hashed });
      if (added) changed(userName);
      return added;
    },

    async change(userName, change, seen) {
      const name = normaliseName(userName);
      if (name === undefined) return false;
      return update(name, checkUserChange(name, change) as Partial<StoredUser>, seen);
    },

    async remove(userName) {
      const name = normaliseName(userName);
      if (name === undefined) return false;
      const found = await users.remove(name);
      changed(name);
      return found;
    },

    async setPassword(userName, password, seen, confirm) {
      await passwords.check(password, userName);
      const passwordHash = await passwords.hash(password);
      await confirm?.();
      return update(userName, { passwordHash }, seen);
    },
  } satisfies UserDirectory);
}
