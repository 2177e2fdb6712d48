import { PeopleLock } from '../engine/execution/people-lock.js';
import { assertSomebodyLeft, type KnownUsers } from '../engine/policies/last-manager.js';
import { storedPolicies } from '../engine/policy-book/stored-policies.js';
import type { DirectoryUser, UserDirectory } from '../engine/users/directory.js';
import type { UserChange } from '../engine/users/user-input.js';
import type { Store } from '../store/port.js';
import { locksOf } from './locks.js';

/** The lock of the guards on that store for changes of users and security roles. */
export const peopleLock = (store: Store): PeopleLock => new PeopleLock(locksOf(store));

/** Whether a user of the directory is active in the tenant. */
export const isActiveIn = (user: DirectoryUser, tenantId: string | null): boolean =>
  user.disabled !== true && (user.tenantId ?? null) === tenantId;

const usersOf = (directory: UserDirectory): KnownUsers => ({
  isAssignable: async (name, tenantId) => {
    const user = await directory.find(name);
    return user !== undefined && isActiveIn(user, tenantId);
  },
  hasMembers: (group, tenantId) => directory.hasMembers(group, tenantId),
  members: (group, tenantId) => directory.members(group, tenantId),
});

/** Makes a change of a user, unless nobody would be left who manages security roles or administers. */
export type Leaving = (
  name: string,
  change: Pick<UserChange, 'disabled' | 'userGroups'>,
  make: () => Promise<boolean>,
) => Promise<boolean>;

/** @throws Conflict `wrong-state` if nobody would be left, `busy` if others take too long */
export function leavingSomebody(store: Store, directory: UserDirectory): Leaving {
  return (name, change, make) =>
    peopleLock(store).alone(async () => {
      const from = await directory.find(name);
      if (from === undefined) return false;
      const { set } = await storedPolicies(store).current(from.tenantId ?? null);
      await assertSomebodyLeft(set, usersOf(directory), from, { ...from, ...change });
      return make();
    });
}
