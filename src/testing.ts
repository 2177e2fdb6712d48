import { createGuard, type Guard } from './express/create-guard.js';
import { GUARD_OPTIONS } from './engine/contract/guard-options.js';
import type { GuardOptions } from './engine/contract/types.js';
import { assertArgument, assertOptions, checkedLater, objectOf, type OptionsOf } from './core/options.js';
import { ADMIN, SecureUser, type UserInfo } from './core/principal.js';

type Rest = Omit<UserInfo, 'userName' | 'userGroups'>;
const REST = {
  tenantId: checkedLater('a name'),
  modelsOwner: checkedLater('a name'),
  attributes: checkedLater('an object'),
} satisfies OptionsOf<Rest>;

/**
 * Creates an in-memory guard for an application's tests. Rules are on regardless of the environment, and nothing is
 * written to disk. Close it at the end of the test.
 * @param options as for `createGuard`; the default store is in memory
 * @throws TypeError if they are not an object; otherwise as `createGuard`
 * @example
 * const guard = await createTestGuard({ configuration });
 */
export async function createTestGuard(options: Partial<GuardOptions> = {}): Promise<Guard> {
  assertArgument('createTestGuard', options, objectOf(GUARD_OPTIONS));
  const { env = {}, store = { memory: true } } = options;
  return createGuard({ ...options, env, store });
}

/**
 * Creates a principal for a test.
 * @param groups the principal's groups; default none
 * @param rest its tenant, the owner of its models, and its attributes; default none
 * @throws TypeError if the name, a group or a part of the rest is invalid; BadInput `bad-configuration` if the rest has
 * another field
 * @example
 * guard.as(principal('alice', ['hr']));
 */
export function principal(userName: string, groups: readonly string[] = [], rest: Rest = {}): SecureUser {
  assertOptions('principal', rest, REST);
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
