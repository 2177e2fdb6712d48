import { notFound } from '../../core/errors.js';
import { policyName } from '../../core/policies/entries.js';
import { readHolder } from '../../core/policies/security-role-entries.js';
import {
  holderId,
  holdersOf,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type Holder,
  type SecurityRoleHolder,
} from '../../core/policies/security-roles.js';
import { readChanges } from '../../core/policy-set/kinds.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import { needsRight } from '../../core/rights.js';
import { compareText } from '../../core/value.js';
import type { PolicyChangeOptions, SecurityRolesApi, SecurityRoleView } from '../contract/policy-types.js';
import type { Call } from '../enforcement/call.js';
import { atOnce } from '../contract/arguments.js';
import type { InForce } from '../policy-book/policy-book.js';
import { MANAGE, READ, removal, type PolicyCommands } from './policy-commands.js';
import { assertUnrestricted, CHANGES } from './unrestricted.js';

/** Reads and changes the security roles of the caller's tenant. */
export function securityRolesApi(commands: PolicyCommands): SecurityRolesApi {
  const assertManager = (call: Call, now: InForce): void => {
    if (!commands.holds(call, now, MANAGE)) throw needsRight(MANAGE);
    assertUnrestricted(call, CHANGES);
  };
  const change = (
    user: unknown,
    options: PolicyChangeOptions | undefined,
    make: (now: InForce) => PolicyChange[],
  ): Promise<{ version: number }> => commands.changing(user, options, make, { may: assertManager });
  return Object.freeze({
    list: (user) =>
      commands.run(user, async (call, now) => {
        if (!commands.holds(call, now, READ, MANAGE)) throw needsRight(READ);
        assertUnrestricted(call);
        return rolesIn(now);
      }),
    mine: (user) =>
      commands.run(user, async ({ principal }, { securityRoles }) =>
        [...securityRoles.rightsOf(principal)].sort(),
      ),
    save: (name, role, options, user) =>
      change(
        user,
        options,
        atOnce(() => readChanges([{ kind: SECURITY_ROLE, id: name, value: role }])),
      ),
    remove: (name, options, user) =>
      change(user, options, ({ set }) => {
        const role = policyName(name, 'A security role');
        if (!set.of(SECURITY_ROLE).has(role)) throw notFound('security role');
        const holders = [...set.of(SECURITY_ROLE_HOLDER)].filter(
          ([, value]) => (value as SecurityRoleHolder).role === role,
        );
        return [
          { kind: SECURITY_ROLE, id: role, value: null },
          ...holders.map(([id]) => ({ kind: SECURITY_ROLE_HOLDER, id, value: null })),
        ];
      }),
    give: (name, to, options, user) => {
      const given = atOnce(() => [policyName(name, 'A security role'), readHolder(to)] as const);
      return change(user, options, ({ set }) => {
        const [role, holder] = given();
        if (!set.of(SECURITY_ROLE).has(role)) throw notFound('security role');
        return [{ kind: SECURITY_ROLE_HOLDER, id: holderId(role, holder), value: { role, ...holder } }];
      });
    },
    withdraw: (name, from, options, user) => {
      const given = atOnce(() => holderId(policyName(name, 'A security role'), readHolder(from)));
      return change(user, options, (now) =>
        removal(now, SECURITY_ROLE_HOLDER, given(), 'holder of the security role'),
      );
    },
  } satisfies SecurityRolesApi);
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  compareText(a.name, b.name);

function rolesIn({ set, securityRoles }: InForce): SecurityRoleView[] {
  return [...securityRoles.roles]
    .map(([name, role]) => ({
      name,
      ...role,
      holders: holdersOf(set, name).map(({ role: _own, ...holder }) => holder as Holder),
    }))
    .sort(byName);
}
