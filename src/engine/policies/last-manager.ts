import { Conflict } from '../../core/errors.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';
import { ADMIN, SYSTEM } from '../../core/principal.js';
import type { PersonState } from '../contract/identity-types.js';
import type { Principals } from '../enforcement/principals.js';
import { hasManager, noManagerLeft, type People } from '../policy-book/giving.js';

/** What is known of the users of a tenant. */
export type KnownUsers = Pick<Principals, 'isAssignable' | 'hasMembers' | 'members'>;

const isActive = ({ disabled }: PersonState): boolean => disabled !== true;
const isIn = ({ userGroups = [] }: PersonState, group: string): boolean => userGroups.includes(group);

/** The people of a tenant as they are, but for one user. */
function peopleWith(known: KnownUsers, person: PersonState): People {
  const { userName } = person;
  const tenant = person.tenantId ?? null;
  return {
    isUser: async (name) => (name === userName ? isActive(person) : known.isAssignable(name, tenant)),
    async hasMembers(group) {
      if (isActive(person) && isIn(person, group)) return true;
      return othersIn(known, group, tenant, userName);
    },
  };
}

/** Whether the group has active members besides the user; with the user where the directory names no members. */
async function othersIn(
  known: KnownUsers,
  group: string,
  tenant: string | null,
  userName: string,
): Promise<boolean> {
  const members = await known.members(group, tenant);
  return members === undefined ? known.hasMembers(group, tenant) : members.some((name) => name !== userName);
}

const administers = (person: PersonState): boolean =>
  isActive(person) && (isIn(person, ADMIN) || isIn(person, SYSTEM));

/** @throws Conflict `wrong-state` if the change takes away the last administrator of the tenant */
async function assertAdministratorStays(
  known: KnownUsers,
  from: PersonState,
  to: PersonState,
): Promise<void> {
  if (!administers(from) || administers(to)) return;
  const tenant = from.tenantId ?? null;
  if (await othersIn(known, ADMIN, tenant, from.userName)) return;
  if (await othersIn(known, SYSTEM, null, from.userName)) return;
  throw new Conflict(
    'wrong-state',
    'At least one active administrator must be left: a member of ADMIN or SYSTEM.',
  );
}

/**
 * Refuses a change of a user after which nobody active manages security roles, or nobody administers the tenant, though
 * somebody did before. Holds only while no other user and no security role is changed.
 * @param set the policies of the user's tenant
 * @throws Conflict `wrong-state`; CouldNotTell
 */
export async function assertSomebodyLeft(
  set: PolicySet,
  known: KnownUsers,
  from: PersonState,
  to: PersonState,
): Promise<void> {
  if (!isActive(from)) return;
  await assertAdministratorStays(known, from, to);
  if (await hasManager(set, peopleWith(known, to))) return;
  if (await hasManager(set, peopleWith(known, from), true)) throw noManagerLeft();
}
