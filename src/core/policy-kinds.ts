import { BadInput } from './errors.js';
import { unknownName } from './options.js';
import { isPlainObject } from './plain-object.js';
import type { Policy } from './policy.js';
import type { PolicyChange, PolicySet } from './policy-set.js';
import { isRight, RIGHTS, type Right } from './rights.js';
import { show } from './show.js';
import { normaliseName } from './user-info.js';
import { securityRights } from './policies/security-rights.js';
import {
  holderId,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  SecurityRoles,
  type Holder,
  type SecurityRole,
  type SecurityRoleHolder,
} from './policies/security-roles.js';

/**
 * The longest description, name and id (which quotes two names) in characters, and the longest list of rights before
 * duplicates are removed.
 */
const LONGEST = { text: 1000, name: 200, id: 3000, rights: 1000 };
/** Entries that a policy set may have, and that one change may name. */
const MOST_ENTRIES = 100_000;

const bad = (message: string): never => {
  throw new BadInput('bad-policy', message);
};

/** Normalises a name: trimmed, in Unicode's composed form. @throws BadInput `bad-policy` */
export function policyName(given: unknown, what: string): string {
  const name = normaliseName(given);
  if (name === undefined || name.length > LONGEST.name)
    return bad(`${what} needs a name of at most ${LONGEST.name} characters, got ${show(given)}.`);
  return name;
}

const tooMany = (): BadInput =>
  new BadInput('too-large', `A policy set has at most ${MOST_ENTRIES} entries.`);

function fields(value: unknown, what: string, known: readonly string[]): Record<string, unknown> {
  if (!isPlainObject(value))
    return bad(`${what} must be an object of ${known.join(', ')}, got ${show(value)}.`);
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) bad(`${what} has no ${show(strange)}. ${unknownName(strange, known)}`);
  return value;
}

function right(name: unknown, what: string): Right {
  if (isRight(name)) return name;
  const names = Object.keys(RIGHTS);
  return bad(
    `${what} names the unknown right ${show(name)}. ${typeof name === 'string' ? unknownName(name, names) : ''}`.trim(),
  );
}

function readRole(id: string, value: unknown): SecurityRole {
  const what = `The security role ${show(id)}`;
  const { rights, says } = fields(value, what, ['rights', 'says']);
  if (!Array.isArray(rights)) return bad(`${what} takes a list of rights, got ${show(rights)}.`);
  if (says !== undefined && (typeof says !== 'string' || says.length > LONGEST.text))
    bad(`${what} has a description (says) of at most ${LONGEST.text} characters.`);
  if (rights.length > LONGEST.rights) return bad(`${what} has at most ${LONGEST.rights} rights.`);
  const read = [...new Set(Array.from(rights as unknown[], (name) => right(name, what)))].sort();
  return { rights: read, ...(typeof says === 'string' && { says }) };
}

/** Reads the holder of a role as a caller passes it: `{ user }` or `{ group }`. @throws BadInput `bad-policy` */
export function readHolder(value: unknown): Holder {
  const what = 'The holder of a security role';
  const { user, group } = fields(value, what, ['user', 'group']);
  if ((user === undefined) === (group === undefined)) return bad(`${what} must be one user or one group.`);
  return user === undefined
    ? { group: policyName(group, `${what}, a group,`) }
    : { user: policyName(user, `${what}, a user,`) };
}

function readRoleHolder(id: string, value: unknown): SecurityRoleHolder {
  const { role, ...rest } = fields(value, 'The holder of a security role', ['role', 'user', 'group']);
  const read = { role: policyName(role, 'A security role'), ...readHolder(rest) };
  const expected = holderId(read.role, read);
  return id === expected ? read : bad(`The entry of ${show(read.role)} must have the id ${expected}.`);
}

/** Reads the value of an entry of one kind, as a caller passes it. */
type Read = (id: string, value: unknown) => unknown;

const READ: Readonly<Record<string, Read>> = {
  [SECURITY_ROLE]: readRole,
  [SECURITY_ROLE_HOLDER]: readRoleHolder,
};

/** The kinds of policy set entries. */
export const POLICY_KINDS: readonly string[] = Object.freeze(Object.keys(READ));

function readerOf(kind: unknown): Read {
  if (typeof kind === 'string' && Object.hasOwn(READ, kind)) return READ[kind] as Read;
  return bad(
    `Unknown kind of policy ${show(kind)}. ${unknownName(typeof kind === 'string' ? kind : '', POLICY_KINDS)}`,
  );
}

/**
 * Checks the changes that a caller passes, and converts them to their stored form.
 * @throws BadInput `bad-policy`, naming the invalid part and the nearest known name
 */
export function readChanges(given: unknown): PolicyChange[] {
  if (!Array.isArray(given)) return bad(`Changes must be a list, got ${show(given)}.`);
  if (given.length > MOST_ENTRIES) throw tooMany();
  // A list may have holes.
  return Array.from(given as unknown[], (one, at) => {
    const { kind, id, value } = fields(one, `Change ${at + 1}`, ['kind', 'id', 'value']);
    const read = readerOf(kind);
    if (typeof id !== 'string' || id === '' || id.length > LONGEST.id)
      return bad(`Change ${at + 1} needs the id of an entry, got ${show(id)}.`);
    const name = kind === SECURITY_ROLE ? policyName(id, 'A security role') : id;
    if (value === null) return { kind: kind as string, id: name, value };
    return { kind: kind as string, id: name, value: read(name, value) };
  });
}

/**
 * The set after the changes, with the references between its entries checked. What is removed must be there: a role
 * that somebody believes withdrawn, by a misspelt name, would stay.
 * @throws BadInput `bad-policy`, `too-large`
 */
export function changedSet(before: PolicySet, changes: readonly PolicyChange[]): PolicySet {
  const set = before.with(before.version + 1, changes);
  if (changes.length > MOST_ENTRIES || set.size > MOST_ENTRIES) throw tooMany();
  const given = new Map<string, boolean>();
  for (const { kind, id, value } of changes) {
    const key = JSON.stringify([kind, id]);
    const known = before.of(kind);
    if (value === null && !(given.get(key) ?? known.has(id)))
      bad(`There is no ${kind} ${show(id)} to remove.`);
    given.set(key, value !== null);
  }
  checkSet(set);
  return set;
}

function checkSet(set: PolicySet): void {
  const roles = set.of(SECURITY_ROLE);
  for (const value of set.of(SECURITY_ROLE_HOLDER).values()) {
    const { role } = value as SecurityRoleHolder;
    if (!roles.has(role))
      bad(`The security role ${show(role)} does not exist. ${unknownName(role, [...roles.keys()])}`);
  }
}

/** The policies of a set, and its security roles. */
export interface CompiledSet {
  readonly policies: readonly Policy[];
  readonly securityRoles: SecurityRoles;
}

/**
 * Compiles the policies of a set.
 * @throws TypeError for an entry of an unknown kind, which a newer version of this package may have stored
 */
export function compileSet(set: PolicySet): CompiledSet {
  const strange = set.kinds.find((kind) => !POLICY_KINDS.includes(kind));
  if (strange !== undefined) throw new TypeError(`Unknown kind of policy ${show(strange)}`);
  const securityRoles = new SecurityRoles(set);
  return { policies: securityRoles.exist ? [securityRights(securityRoles)] : [], securityRoles };
}
