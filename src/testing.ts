import { createGuard, type Guard } from './express/create-guard.js';
import type { GuardOptions } from './engine/contract/types.js';
import { ADMIN, SecureUser, type UserInfo } from './core/principal.js';

/**
 * A guard in memory, for the tests of an application: the rules are on whatever the environment says, nothing is
 * written anywhere. Close it when the test has ended.
 * @param options as for `createGuard`; the store is in memory unless one is given
 * @example
 * const guard = await createTestGuard({ configuration });
 */
export function createTestGuard(options: Partial<GuardOptions> = {}): Promise<Guard> {
  return createGuard({ env: {}, store: { memory: true }, ...options });
}

/**
 * A principal for a test.
 * @param groups its groups; default none
 * @throws TypeError when the name or a group is none
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
 * An administrator for a test.
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
