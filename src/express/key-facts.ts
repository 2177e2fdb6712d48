import type { ApiKey } from './keys.js';

/** What the audit trail says of a key that was made or revoked: all that decides about access, and never its text. */
export function keyFacts(key: ApiKey): Readonly<Record<string, unknown>> {
  const { id, actsFor, groups, tenantId, expires, revoked, dangerouslyActsForAdministrators: reason } = key;
  return {
    id,
    actsFor,
    groups: [...groups],
    // Missing is any tenant, null is none.
    tenantId: tenantId === undefined ? 'any' : tenantId,
    expires: expires ?? null,
    revoked: revoked ?? null,
    ...(reason === undefined ? {} : { dangerouslyActsForAdministrators: reason }),
  };
}
