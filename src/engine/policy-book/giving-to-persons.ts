import { isDeepStrictEqual } from 'node:util';
import { concerns } from '../../core/policies/grid/rule-conditions.js';
import { bitsOf, PERMISSION_NAMES } from '../../core/policies/sections/permissions.js';
import { userKey } from '../../core/policies/sections/section-index.js';
import { enabled, ADMIN, DESIGNER, SecureUser, SYSTEM } from '../../core/principal.js';
import { isRight } from '../../core/rights.js';
import { show } from '../../core/value.js';
import type { PersonState as Person } from '../contract/identity-types.js';
import { no } from './giving.js';
import type { InForce } from './policy-book.js';

/** SYSTEM without a tenant reaches the users of all tenants. */
export const crossesTenants = (by: SecureUser): boolean => by.isSystem() && by.tenantId === undefined;

/** Who may not touch such a user at all. @throws AccessDenied `forbidden` */
function assertMayTouch(by: SecureUser, { userGroups, modelsOwner }: SecureUser): void {
  if (userGroups.includes(SYSTEM) && !by.isSystem()) no('administer members of SYSTEM');
  if (userGroups.includes(ADMIN) && !by.isAdmin()) no('administer members of ADMIN');
  if (userGroups.includes(DESIGNER) && !by.isAdmin()) no('administer members of DESIGNER');
  if (modelsOwner !== undefined && !crossesTenants(by) && modelsOwner !== by.owner)
    no('give access to the models of another owner');
}

/** What stands in the attribute of rights beside the rights of the catalogue, which are given and held as such. */
function besideRights(value: unknown): unknown {
  const others = Array.isArray(value) ? value.filter((entry) => !isRight(entry)) : value;
  return Array.isArray(others) && others.length === 0 ? undefined : others;
}

/** An attribute as rules, models and the application may ask for it. */
const attributeOf = ({ attributes }: SecureUser, name: string): unknown =>
  name === 'rights' ? besideRights(attributes[name]) : attributes[name];

/** The same as a list, if it is one or missing. */
function listOf(user: SecureUser | undefined, name: string): readonly unknown[] | undefined {
  const value = user === undefined ? undefined : attributeOf(user, name);
  return value === undefined ? [] : Array.isArray(value) ? value : undefined;
}

/** True if a list of names has none that the giver lacks but those that were there: others may be taken away. */
function addsNone(by: SecureUser, from: SecureUser | undefined, to: SecureUser, name: string): boolean {
  const [own, before, after] = [by, from, to].map((user) => listOf(user, name));
  return after?.every((one) => own?.includes(one) === true || before?.includes(one) === true) === true;
}

/** Groups and attributes: rules, models and cases may say anything of them. */
function assertMayGiveFacts(by: SecureUser, from: SecureUser | undefined, to: SecureUser): void {
  const group = to.userGroups.find((name) => from?.inGroup(name) !== true && !by.inGroup(name));
  if (group !== undefined) no(`give the group ${show(group)}, which you are not in`);
  const names = new Set([...Object.keys(to.attributes), ...Object.keys(from?.attributes ?? {})]);
  for (const name of names) {
    const value = attributeOf(to, name);
    if (from !== undefined && isDeepStrictEqual(value, attributeOf(from, name))) continue;
    if (name === 'rights' && addsNone(by, from, to, name)) continue;
    if (!isDeepStrictEqual(value, attributeOf(by, name)))
      no(`give the attribute ${show(name)} another value than your own`);
  }
}

/** What sections and the grid say of the user by name, or do not say of it although they do of the giver. */
function assertMayGiveAccess(
  by: SecureUser,
  from: SecureUser | undefined,
  to: SecureUser,
  { sections, grid }: InForce,
): void {
  if (from === undefined && sections.exist)
    for (const { node, bits } of sections.index.givenTo(userKey(to.userName))) {
      const lacked = PERMISSION_NAMES.find(
        (name) => (bits & bitsOf([name])) !== 0 && !sections.holds(by, node.place, name),
      );
      if (lacked !== undefined)
        no(`give access to ${show(to.userName)}, who holds ${lacked} where you do not`);
    }
  for (const [id, rule] of grid.contents.rules) {
    const mine = concerns(rule, by);
    const gains =
      rule.effect === 'Allow'
        ? !mine && concerns(rule, to) && !(from !== undefined && concerns(rule, from))
        : mine && !concerns(rule, to) && (from === undefined || concerns(rule, from));
    if (gains) no(`give what the rule ${show(id)} of the grid ${mine ? 'keeps from you' : 'permits'}`);
  }
}

/** The same user before and after, as far as the change gives anything; undefined: it gives nothing. */
function given(from: Person | undefined, to: Person): Person | 'all' | 'nothing' {
  if (from === undefined) return 'all';
  if (from.disabled === to.disabled) return from;
  return to.disabled === true ? 'nothing' : 'all';
}

/**
 * Refuses a change of a user that gives the user, or the author by way of the user, what the author does not hold. A
 * new password, a new user and one who is enabled give all that the user holds. Withdrawing is always possible.
 *
 * ADMIN gives all except internal rights.
 * @param from missing: a new user, or one as whom the author could not act before
 * @throws AccessDenied `forbidden`, naming what the author does not hold
 */
export function assertMayGiveTo(by: SecureUser, now: InForce, from: Person | undefined, to: Person): void {
  const after = new SecureUser(enabled(to));
  if (from !== undefined) assertMayTouch(by, new SecureUser(enabled(from)));
  assertMayTouch(by, after);
  const gives = given(from, to);
  if (by.isSystem() || gives === 'nothing') return;
  const before = gives === 'all' ? undefined : new SecureUser(enabled(gives));
  const held = now.securityRoles.rightsOf(by);
  const had = before && now.securityRoles.rightsOf(before);
  for (const right of now.securityRoles.rightsOf(after))
    if (!held.has(right) && had?.has(right) !== true) no(`give the right ${right}, which you do not hold`);
  if (by.isAdmin()) return;
  assertMayGiveFacts(by, before, after);
  assertMayGiveAccess(by, before, after, now);
}
