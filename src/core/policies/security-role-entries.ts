import { unknownName } from '../options.js';
import { isRight, RIGHTS, type Right } from '../rights.js';
import { show } from '../show.js';
import { badPolicy, entryFields, entryText, policyName, type EntryKinds } from './entries.js';
import {
  holderId,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type Holder,
  type SecurityRole,
  type SecurityRoleHolder,
} from './security-roles.js';

/** The longest list of rights, before duplicates are removed. */
const MOST_RIGHTS = 1000;

function right(name: unknown, what: string): Right {
  if (isRight(name)) return name;
  const names = Object.keys(RIGHTS);
  return badPolicy(
    `${what} names the unknown right ${show(name)}. ${typeof name === 'string' ? unknownName(name, names) : ''}`.trim(),
  );
}

function readRole(id: string, value: unknown): SecurityRole {
  const what = `The security role ${show(id)}`;
  const { rights, says } = entryFields(value, what, ['rights', 'says']);
  if (!Array.isArray(rights)) return badPolicy(`${what} takes a list of rights, got ${show(rights)}.`);
  const text = entryText(says, `The description (says) of ${what}`);
  if (rights.length > MOST_RIGHTS) return badPolicy(`${what} has at most ${MOST_RIGHTS} rights.`);
  const read = [...new Set(Array.from(rights as unknown[], (name) => right(name, what)))].sort();
  return { rights: read, ...(text !== undefined && { says: text }) };
}

/** Reads a holder as a caller passes it: `{ user }` or `{ group }`. @throws BadInput `bad-policy` */
export function readHolder(value: unknown, what = 'The holder of a security role'): Holder {
  const { user, group } = entryFields(value, what, ['user', 'group']);
  if ((user === undefined) === (group === undefined))
    return badPolicy(`${what} must be one user or one group.`);
  return user === undefined
    ? { group: policyName(group, `${what}, a group,`) }
    : { user: policyName(user, `${what}, a user,`) };
}

function readRoleHolder(id: string, value: unknown): SecurityRoleHolder {
  const { role, ...rest } = entryFields(value, 'The holder of a security role', ['role', 'user', 'group']);
  const read = { role: policyName(role, 'A security role'), ...readHolder(rest) };
  const expected = holderId(read.role, read);
  return id === expected ? read : badPolicy(`The entry of ${show(read.role)} must have the id ${expected}.`);
}

/** The entries of security roles and their holders. */
export const SECURITY_ROLE_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [SECURITY_ROLE]: readRole, [SECURITY_ROLE_HOLDER]: readRoleHolder },
  named: [SECURITY_ROLE],
  check(set) {
    const roles = set.of(SECURITY_ROLE);
    for (const value of set.of(SECURITY_ROLE_HOLDER).values()) {
      const { role } = value as SecurityRoleHolder;
      if (!roles.has(role))
        badPolicy(`The security role ${show(role)} does not exist. ${unknownName(role, [...roles.keys()])}`);
    }
  },
} satisfies EntryKinds);
