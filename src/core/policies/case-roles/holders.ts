import { BadInput } from '../../errors.js';
import { unknownName } from '../../options.js';
import { normaliseName } from '../../principal.js';
import { isPlainObject, show } from '../../value.js';
import { MOST_HOLDERS, type CaseRole } from './declaration.js';

/** The holders of one role. A user and a group of one name are two holders. */
export interface RoleHolders {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** The holders of each role of a case, by the role's name. */
export type CaseAssignment = Readonly<Record<string, RoleHolders>>;

const LONGEST_NAME = 200;
export const NOBODY: RoleHolders = Object.freeze({ users: Object.freeze([]), groups: Object.freeze([]) });

export const countOf = ({ users, groups }: RoleHolders): number => users.length + groups.length;

/** Both holders together, each once. */
export const merged = (one: RoleHolders, other: RoleHolders): RoleHolders => ({
  users: [...new Set([...one.users, ...other.users])],
  groups: [...new Set([...one.groups, ...other.groups])],
});

type Refuse = (message: string) => never;

const refuseAs =
  (code: BadInput['code']): Refuse =>
  (message) => {
    throw new BadInput(code, message);
  };

function names(value: unknown, what: string, refuse: Refuse): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return refuse(`${what} must be a list of names, got ${show(value)}.`);
  if (value.length > MOST_HOLDERS) return refuse(`${what} can be at most ${MOST_HOLDERS}.`);
  const read = Array.from(value as unknown[], (entry) => {
    const name = normaliseName(entry);
    return name === undefined || name.length > LONGEST_NAME
      ? refuse(`${what} must be names of at most ${LONGEST_NAME} characters, got ${show(entry)}.`)
      : name;
  });
  return [...new Set(read)];
}

/**
 * Reads the holders of a role as a caller passes them: `{ users, groups }`; a missing list is empty.
 * @param code the code of a refusal
 * @throws BadInput
 */
export function readHolders(
  value: unknown,
  what: string,
  code: BadInput['code'] = 'bad-request',
): RoleHolders {
  const refuse = refuseAs(code);
  if (!isPlainObject(value))
    return refuse(`${what} must be an object of users and groups, got ${show(value)}.`);
  const strange = Object.keys(value).find((key) => key !== 'users' && key !== 'groups');
  if (strange !== undefined)
    refuse(`${what} has no ${show(strange)}. ${unknownName(strange, ['users', 'groups'])}`);
  return {
    users: names(value.users, `The users of ${what}`, refuse),
    groups: names(value.groups, `The groups of ${what}`, refuse),
  };
}

/**
 * The declared role of that name.
 * @throws BadInput naming the nearest declared one
 */
export function declaredRole(
  declared: readonly CaseRole[],
  name: unknown,
  code: BadInput['code'] = 'bad-request',
): CaseRole {
  const wanted = typeof name === 'string' ? name.trim().normalize('NFC') : name;
  const found = declared.find((role) => role.name === wanted);
  if (found !== undefined) return found;
  const hint =
    typeof wanted === 'string'
      ? unknownName(
          wanted,
          declared.map((role) => role.name),
        )
      : '';
  return refuseAs(code)(`The model declares no role ${show(name)}. ${hint}`.trim());
}

/** @throws BadInput if the role would have more holders than its model declares */
export function assertRoom(
  { name, max = MOST_HOLDERS }: CaseRole,
  held: RoleHolders,
  code: BadInput['code'],
): void {
  if (countOf(held) > max)
    refuseAs(code)(`The role ${show(name)} can have at most ${max} holders, got ${countOf(held)}.`);
}

/**
 * Reads the assignment of roles given at a start.
 * @throws BadInput `bad-option` for a role that the model does not declare, too many holders, or a wrong shape
 */
export function readAssignment(value: unknown, declared: readonly CaseRole[]): CaseAssignment {
  const refuse = refuseAs('bad-option');
  if (!isPlainObject(value))
    return refuse(`Option caseRoles must be an object of roles, got ${show(value)}.`);
  if (declared.length === 0)
    return refuse('Option caseRoles is for models that declare roles; this one has none.');
  const given: Record<string, RoleHolders> = {};
  for (const [key, holders] of Object.entries(value)) {
    const role = declaredRole(declared, key, 'bad-option');
    const read = readHolders(holders, `caseRoles.${role.name}`, 'bad-option');
    given[role.name] = merged(given[role.name] ?? NOBODY, read);
    assertRoom(role, given[role.name] as RoleHolders, 'bad-option');
  }
  return given;
}

/** The holders of all declared roles: those given, and nobody for the others. */
export const complete = (declared: readonly CaseRole[], given: CaseAssignment): Record<string, RoleHolders> =>
  Object.fromEntries(declared.map(({ name }) => [name, given[name] ?? NOBODY]));
