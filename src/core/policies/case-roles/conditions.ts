import { eq, not, or, overlaps, type Condition, type Reference } from '../../condition/condition.js';

const ME: Reference = Object.freeze({ ref: 'user', path: 'userName' });
const MY_GROUPS: Reference = Object.freeze({ ref: 'user', path: 'userGroups' });

/** The instance is of a model that declares roles. */
export const IS_CASE: Condition = eq('instance.guard.isCase', true);
export const IS_NO_CASE: Condition = not(IS_CASE);

const holds = (at: string): Condition => or(overlaps(`${at}.users`, ME), overlaps(`${at}.groups`, MY_GROUPS));

/** The principal holds one of the roles of the case. */
export const IN_CASE: Condition = holds('instance.guard.caseHolders');

/** The principal holds one of these roles of the case. */
export const inRoles = (roles: readonly string[]): Condition =>
  or(...roles.map((role) => holds(`instance.guard.caseRoles.${role}`)));
