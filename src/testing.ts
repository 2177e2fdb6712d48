import { createGuard, type Guard } from './express/create-guard.js';
import type { GuardOptions } from './engine/contract/types.js';
import { ADMIN, SecureUser, type UserInfo } from './core/principal.js';

/**
 * Creates an in-memory guard for an application's tests. Rules are on regardless of the environment, and nothing is
 * written to disk. Close it at the end of the test.
 * @param options as for `createGuard`; the default store is in memory
 * @example
 * const guard = await createTestGuard({ configuration });
 */
export function createTestGuard(options: Partial<GuardOptions> = {}): Promise<Guard> {
  return createGuard({ env: {}, store: { memory: true }, ...options });
}

/**
 * Creates a principal for a test.
 * @param groups the principal's groups; default none
 * @throws TypeError if the name or a group is invalid
 * @example
 * guard.as(principal('alice', ['hr']));
 */
export function principal(
  userName: string,
  groups: readonly string[] = [],
  rest: Omit<UserInfo, 'userName' | 'userGroups'> = {},
): SecureUser {
  return new SecureUser({ ...rest, userName, userGroups: groups });
}

/**
 * Creates an administrator for a test.
 * @example
 * await guard.api.model.save('Leave', source, null, administrator());
 */
export function administrator(tenantId?: string): SecureUser {
  return new SecureUser({
    userName: 'admin',
    userGroups: [ADMIN],
    ...(tenantId === undefined ? {} : { tenantId }),
  });
}
