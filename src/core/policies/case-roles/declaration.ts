import { BadInput } from '../../errors.js';
import { FORBIDDEN_KEYS } from '../../path.js';
import { show } from '../../value.js';

/** A role that a model declares. */
export interface CaseRole {
  readonly name: string;
  /** Below so many holders, tasks for the role start closed. */
  readonly min: number;
  /** At most so many holders; undefined: any number. */
  readonly max?: number;
}

/** Roles that one model may declare, and characters of the name of one. */
const MOST_ROLES = 100;
const LONGEST_NAME = 64;
/** Holders that one role may have. */
export const MOST_HOLDERS = 500;

const NAME = /^\p{L}[\p{L}\p{N}_-]*$/u;
const NUMBER = '(0|[1-9]\\d{0,3})';
const CARDINALITY = new RegExp(`^(?:${NUMBER}\\.\\.)?(?:${NUMBER}|(\\*))$`);

const bad = (message: string): never => {
  throw new BadInput('bad-model', message);
};

/** Whether a text can be the name of a role: it is part of paths. */
export const isRoleName = (name: unknown): name is string =>
  typeof name === 'string' &&
  name.length <= LONGEST_NAME &&
  NAME.test(name) &&
  name.normalize('NFC') === name &&
  !FORBIDDEN_KEYS.has(name);

function roleName(text: string, what: string): string {
  const name = text.trim().normalize('NFC');
  if (isRoleName(name)) return name;
  return bad(
    `${what} names the role ${show(name)}; a role is a letter followed by letters, digits, _ or -,` +
      ` at most ${LONGEST_NAME} characters.`,
  );
}

/** The two numbers of a cardinality: `2` is at most two, `1..2` one or two, `1..*` at least one. */
function cardinality(text: string, name: string): Pick<CaseRole, 'min' | 'max'> {
  const found = CARDINALITY.exec(text.trim());
  if (found === null)
    return bad(
      `caseRoles: the number of ${show(name)} must look like 2, 1..2 or 1..*, got ${show(text.trim())}.`,
    );
  const [, least, most] = found;
  const min = Number(least ?? 0);
  if (most === undefined) return { min };
  const max = Number(most);
  if (max === 0 || max < min || max > MOST_HOLDERS)
    return bad(
      `caseRoles: ${show(name)} can have from ${min} to ${MOST_HOLDERS} holders, got ${text.trim()}.`,
    );
  return { min, max };
}

/**
 * Reads a declaration of roles, such as `owner:1, contact:2, participant, approver:1..2`.
 * @throws BadInput `bad-model`, naming the part
 */
export function parseCaseRoles(text: string): CaseRole[] {
  const parts = text.split(',');
  if (parts.length > MOST_ROLES) return bad(`caseRoles: a model may declare at most ${MOST_ROLES} roles.`);
  const roles = parts.map((part): CaseRole => {
    if (part.trim() === '')
      return bad('caseRoles: a role has no name; write owner:1, contact:2, participant.');
    const colon = part.indexOf(':');
    const name = roleName(colon < 0 ? part : part.slice(0, colon), 'caseRoles');
    return Object.freeze({ name, ...(colon < 0 ? { min: 0 } : cardinality(part.slice(colon + 1), name)) });
  });
  assertOnce(roles);
  return roles;
}

/** @throws BadInput `bad-model` for a role that is declared twice */
export function assertOnce(roles: readonly CaseRole[]): void {
  const twice = roles.find(({ name }, at) => roles.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) bad(`caseRoles: the role ${show(twice.name)} is declared twice.`);
}

/** One role of a called process that gets the holders of a role of the calling one. */
export interface PassedRole {
  readonly to: string;
  readonly from: string;
}

/**
 * Reads which roles a call activity passes on, such as `owner, requester=contact`: the called process's `requester` is
 * this case's `contact`.
 * @param declared the roles of the calling process
 * @throws BadInput `bad-model`, naming the part
 */
export function parsePassedRoles(text: string, declared: readonly CaseRole[]): PassedRole[] {
  const passed = text.split(',').map((part): PassedRole => {
    const [to, from = to, ...more] = part.split('=') as [string, ...string[]];
    if (more.length > 0 || to.trim() === '')
      return bad(`caseRoles of a call: write owner, requester=contact; got ${show(part.trim())}.`);
    return { to: roleName(to, 'caseRoles of a call'), from: roleName(from, 'caseRoles of a call') };
  });
  for (const { to, from } of passed) {
    if (!declared.some(({ name }) => name === from))
      bad(`caseRoles of a call: the process that calls declares no role ${show(from)}.`);
    if (passed.filter((other) => other.to === to).length > 1)
      bad(`caseRoles of a call: the role ${show(to)} is passed twice.`);
  }
  return passed;
}
