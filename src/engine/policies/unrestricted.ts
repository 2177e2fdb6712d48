import { AccessDenied } from '../../core/errors.js';
import type { Facts } from '../../core/policy.js';
import { SECURITY_RIGHTS } from '../../core/policies/security-rights.js';
import type { Call } from '../enforcement/call.js';

/** Facts of a change of policies. */
export const CHANGES: Facts = Object.freeze({ about: 'changes' });

/**
 * Asserts that nothing restricts `system:policy`, in calls that something else permits. The rights of security roles do
 * not count: they are what permits some of these calls, and others have permissions of their own.
 * @throws AccessDenied `forbidden`; CouldNotTell `could-not-tell`
 */
export function assertUnrestricted(call: Call, facts?: Facts): void {
  const { rules, says } = call.against('system:policy', {}, facts);
  const at = rules.findIndex((rule) => !rule.startsWith(`${SECURITY_RIGHTS}/`));
  if (at >= 0) throw new AccessDenied('forbidden', `You may not do this (system:policy): ${says[at]}.`);
}
