import { normaliseName, type UserInfo } from '../../core/principal.js';
import type { Store, StoredUser } from '../../store/port.js';
import { Passwords } from './passwords.js';
import type { Directory } from '../contract/types.js';

/** A user as others may see it: never the password, nor its hash. */
export interface DirectoryUser extends UserInfo {
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly disabled: boolean;
  /** False: there is no password with which the user could sign in. */
  readonly hasPassword: boolean;
}

/** What may be changed of a user; what is missing stays, null takes away. */
export interface UserChange {
  readonly userGroups?: readonly string[];
  readonly tenantId?: string | null;
  readonly modelsOwner?: string | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly disabled?: boolean;
}

/**
 * The users in the store of the guard. What changes is for trusted code: the command line, and `userAdmin`, which asks
 * the rules first.
 */
export interface UserDirectory extends Directory {
  find(userName: string): Promise<DirectoryUser | undefined>;
  verify(userName: string, password: string): Promise<UserInfo | undefined>;
  onChanged(handler: (userName: string) => void): () => void;
  /** Ordered by name. */
  list(): Promise<DirectoryUser[]>;
  /**
   * False when there is a user of that name. The values have been checked. @param password missing: no login
   * by password
   */
  add(user: UserInfo, password?: string): Promise<boolean>;
  /** False when there is no such user. The values have been checked. */
  change(userName: string, change: UserChange): Promise<boolean>;
  /** False when there is no such user. Tasks that are assigned to the name stay assigned to it. */
  remove(userName: string): Promise<boolean>;
  /**
   * False when there is no such user.
   * @throws BadInput `bad-request` when it is too short or too long
   */
  setPassword(userName: string, password: string): Promise<boolean>;
}

const own = (user: StoredUser): UserInfo => ({
  userName: user.userName,
  userGroups: [...user.userGroups],
  tenantId: user.tenantId ?? null,
  modelsOwner: user.modelsOwner ?? null,
  attributes: user.attributes ?? {},
});

const shown = (user: StoredUser): DirectoryUser => ({
  ...own(user),
  userGroups: [...user.userGroups],
  disabled: user.disabled === true,
  hasPassword: typeof user.passwordHash === 'string',
});

/**
 * The user directory on the guard's own store. Give it to `createGuard` as `directory`: who is disabled or
 * loses a group
 * there is so at the next call in this process, and within 5 s in others.
 * @param store the one that the guard uses, from `openStore`
 */
export function userDirectory(store: Pick<Store, 'users'>): UserDirectory {
  const { users } = store;
  const passwords: Passwords = new Passwords();
  const handlers = new Set<(userName: string) => void>();
  const changed = (userName: string): void => handlers.forEach((handler) => handler(userName));

  async function stored(userName: unknown): Promise<StoredUser | undefined> {
    const name = normaliseName(userName);
    return name === undefined ? undefined : users.find(name);
  }

  async function update(userName: string, fields: Partial<StoredUser>): Promise<boolean> {
    const name = normaliseName(userName);
    if (name === undefined) return false;
    const found = await users.update(name, fields);
    changed(name);
    return found;
  }

  return Object.freeze({
    async find(userName) {
      const user = await stored(userName);
      return user === undefined ? undefined : shown(user);
    },

    async verify(userName, password) {
      const user = await stored(userName);
      const hash = user?.passwordHash;
      const { right, outdated } = await passwords.verify(password, hash);
      if (user === undefined || hash === undefined || !right || user.disabled === true) return undefined;
      // Only while it is still the hash that was compared: a password that was set meanwhile stays.
      if (outdated)
        await users
          .update(user.userName, { passwordHash: await passwords.hash(password) }, { passwordHash: hash })
          .catch(() => false);
      return own(user);
    },

    onChanged(handler) {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },

    list: async () => (await users.list()).map(shown),

    async add(user, password) {
      if (password !== undefined) passwords.check(password, user.userName);
      const { userName, userGroups = [], tenantId = null, modelsOwner = null, attributes = {} } = user;
      const row: StoredUser = {
        userName,
        userGroups: [...userGroups],
        tenantId,
        modelsOwner,
        attributes: { ...attributes },
      };
      const added = await users.insert(
        password === undefined ? row : { ...row, passwordHash: await passwords.hash(password) },
      );
      if (added) changed(userName);
      return added;
    },

    change: (userName, change) =>
      update(userName, {
        ...change,
        ...(change.userGroups === undefined ? {} : { userGroups: [...change.userGroups] }),
      } as Partial<StoredUser>),

    async remove(userName) {
      const name = normaliseName(userName);
      if (name === undefined) return false;
      const found = await users.remove(name);
      changed(name);
      return found;
    },

    async setPassword(userName, password) {
      passwords.check(password, userName);
      return update(userName, { passwordHash: await passwords.hash(password) });
    },
  } satisfies UserDirectory);
}
