import { assertArgument, assertOptions, withFunctions, type Kind } from '../core/options.js';
import { AccessDenied, BadInput } from '../core/errors.js';
import type { SecureUser, UserInfo } from '../core/principal.js';
import type { Guard } from '../engine/contract/types.js';
import { KEY_OPTIONS, type NewKey } from './key-input.js';
import { createdFacts, revokedFacts } from './key-facts.js';
import type { ApiKey, ApiKeys } from './keys.js';

/**
 * Administration of keys. Each call needs `system:policy` as an administrator and is recorded. `by` is the acting
 * user; missing: the ambient principal. Key names are unique per tenant. An administrator sees and creates keys
 * bound to their own tenant (without one: to users without a tenant); SYSTEM without a tenant, all. Only SYSTEM
 * creates keys that act with ADMIN or SYSTEM.
 */
export interface KeyAdmin {
  create(
    name: string,
    options?: NewKey,
    by?: UserInfo,
  ): Promise<{ readonly text: string; readonly key: ApiKey }>;
  list(by?: UserInfo): Promise<ApiKey[]>;
  /**
   * Returns false if no active key of that name is within reach.
   * @param of selects a tenant's key, for SYSTEM without a tenant, as in `ApiKeys`
   * @throws Conflict `ambiguous` if that is missing and several tenants have a key of that name
   */
  revoke(name: string, by?: UserInfo, of?: Pick<ApiKey, 'tenantId'>): Promise<boolean>;
}

type Changes = Parameters<Parameters<Guard['identity']['call']>[3]>[1];

const crossesTenants = (by: SecureUser): boolean => by.isSystem() && by.tenantId === undefined;
const inReach = (by: SecureUser, key: Pick<ApiKey, 'tenantId'>): boolean =>
  crossesTenants(by) || (key.tenantId !== undefined && key.tenantId === (by.tenantId ?? null));

const GUARD: Kind = {
  takes: 'a guard, as createGuard gives it',
  holds: (value) => typeof (value as Partial<Guard> | null | undefined)?.identity?.call === 'function',
};

/**
 * Creates the administration of keys. Pass the keys that `authenticate` uses, so that a revoked key is refused at
 * once.
 * @example
 * const { text } = await keyAdmin(guard, keys).create('ci', { actsFor: 'itself', groups: ['deployers'] }, user);
 */
export function keyAdmin(guard: Pick<Guard, 'identity'>, keys: ApiKeys): KeyAdmin {
  assertArgument('keyAdmin', guard, GUARD);
  assertArgument('keyAdmin', keys, withFunctions('keys, as apiKeys gives them', ['create']));
  const { identity } = guard;

  function administer<T>(
    what: string,
    name: string | undefined,
    by: UserInfo | undefined,
    work: (by: SecureUser, changed: Changes) => Promise<T>,
  ): Promise<T> {
    const target = {
      kind: 'system',
      name: what,
      ...(typeof name === 'string' ? { id: name.slice(0, 100) } : {}),
    };
    return identity.call(by, 'system:policy', target, async (principal, changed) => {
      await identity.decide(principal, 'system:policy');
      if (!principal.isAdmin())
        throw new AccessDenied('forbidden', 'Only administrators may administer keys.');
      return work(principal, changed);
    });
  }

  return Object.freeze({
    create: (name, options = {}, by) =>
      administer('create key', name, by, async (principal, changed) => {
        assertOptions('a key', options, KEY_OPTIONS, (text) => new BadInput('bad-request', text));
        const bound: NewKey = crossesTenants(principal)
          ? options
          : { ...options, tenantId: options.tenantId ?? principal.tenantId ?? null };
        if (!inReach(principal, bound))
          throw new AccessDenied('forbidden', 'You may not make keys for another tenant.');
        if (bound.dangerouslyActsForAdministrators !== undefined && !principal.isSystem())
          throw new AccessDenied('forbidden', 'You may not make keys that act for administrators.');
        const made = await keys.create(name, bound);
        changed(createdFacts(made.key));
        return made;
      }),

    list: (by) =>
      administer('list keys', undefined, by, async (principal) =>
        (await keys.list()).filter((key) => inReach(principal, key)),
      ),

    revoke: (name, by, of) =>
      administer('revoke key', name, by, async (principal, changed) => {
        const before = await keys.list();
        const where = crossesTenants(principal) ? of : { tenantId: principal.tenantId ?? null };
        const revoked = await keys.revoke(name, where);
        if (revoked) changed(await revokedFacts(keys, before, name, where));
        return revoked;
      }),
  } satisfies KeyAdmin);
}
