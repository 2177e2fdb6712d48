import { unknownName } from '../options.js';
import { isRight, RIGHTS, type Right } from '../rights.js';
import { show } from '../value.js';
import type { PolicySet } from '../policy-set/policy-set.js';
import {
  BadEntry,
  badPolicy,
  entryFields,
  entryText,
  inPlace,
  inside,
  listIn,
  namedIn,
  policyName,
  type EntryKinds,
  type FileEntry,
} from './entries.js';
import { NAME, NAMES, says } from './schema-parts.js';
import {
  holderId,
  holdersOf,
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
  const text = entryText(says, what);
  if (rights.length > MOST_RIGHTS) return badPolicy(`${what} has at most ${MOST_RIGHTS} rights.`);
  const read = [
    ...new Set(
      Array.from(rights as unknown[], (name, at) => inPlace(['rights', at], () => right(name, what))),
    ),
  ].sort();
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

function* inFile(value: unknown): Iterable<FileEntry> {
  for (const [name, stated] of namedIn(value, 'Security roles')) {
    const what = `The security role ${show(name)}`;
    const { holders = [], ...role } = inPlace([name], () =>
      entryFields(stated, what, ['rights', 'says', 'holders']),
    );
    yield { kind: SECURITY_ROLE, id: name, value: role, path: [name] };
    const list = inPlace([name, 'holders'], () => listIn(holders, `The holders of ${inside(what)}`));
    for (const [at, one] of list.entries()) {
      const path = [name, 'holders', at];
      const [roleName, holder] = inPlace(
        path,
        () => [policyName(name, 'A security role'), readHolder(one)] as const,
      );
      const id = holderId(roleName, holder);
      yield { kind: SECURITY_ROLE_HOLDER, id, value: { role: roleName, ...holder }, path };
    }
  }
}

function toFile(set: PolicySet): unknown {
  const roles = [...(set.of(SECURITY_ROLE) as ReadonlyMap<string, SecurityRole>)];
  if (roles.length === 0) return undefined;
  return Object.fromEntries(
    roles.map(([name, role]) => {
      const holders = holdersOf(set, name).map(({ role: _own, ...holder }) => holder);
      return [name, { ...role, ...(holders.length > 0 && { holders }) }];
    }),
  );
}

const HOLDER = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: { user: NAME, group: NAME },
};

const SCHEMA = {
  description: 'Security roles by name: bundles of rights, and who holds them.',
  type: 'object',
  propertyNames: NAMES,
  additionalProperties: {
    type: 'object',
    additionalProperties: false,
    required: ['rights'],
    properties: {
      says: says('What it is for.'),
      rights: { type: 'array', maxItems: MOST_RIGHTS, items: { enum: Object.keys(RIGHTS) } },
      holders: { type: 'array', items: HOLDER },
    },
  },
};

/** The entries of security roles and their holders. */
export const SECURITY_ROLE_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [SECURITY_ROLE]: readRole, [SECURITY_ROLE_HOLDER]: readRoleHolder },
  named: [SECURITY_ROLE],
  file: { key: 'securityRoles', schema: SCHEMA, entries: inFile, write: toFile },
  check(set, changes) {
    const roles = set.of(SECURITY_ROLE);
    const assertThere = (value: SecurityRoleHolder): void => {
      const { role } = value;
      if (roles.has(role)) return;
      const hint = unknownName(role, [...roles.keys()]);
      const id = holderId(role, value);
      throw new BadEntry(SECURITY_ROLE_HOLDER, id, `The security role ${show(role)} does not exist. ${hint}`);
    };
    for (const { kind, id } of changes) {
      const value = set.of(kind).get(id);
      if (kind === SECURITY_ROLE && value === undefined) holdersOf(set, id).forEach(assertThere);
      if (kind === SECURITY_ROLE_HOLDER && value !== undefined) assertThere(value as SecurityRoleHolder);
    }
  },
} satisfies EntryKinds);
