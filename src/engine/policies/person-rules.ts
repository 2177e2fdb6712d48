import { AccessDenied } from '../../core/errors.js';
import { assertArgument, FUNCTION, type Kind } from '../../core/options.js';
import type { Facts } from '../../core/policy.js';
import { SecureUser } from '../../core/principal.js';
import { needsRight, type Right } from '../../core/rights.js';
import type { PersonRules, PersonState } from '../contract/identity-types.js';
import type { Calls } from '../enforcement/calls.js';
import { assertMayGiveTo, crossesTenants } from '../policy-book/giving-to-persons.js';
import { assertSomebodyLeft } from './last-manager.js';

const READS: Facts = Object.freeze({ about: 'persons' });
const CHANGES: Facts = Object.freeze({ about: 'person-changes' });

const OWN_PASSWORD: Right = 'Person:Change_Own_Password';

const PRINCIPAL: Kind = { takes: 'a principal, as identity.establish gives it', holds: SecureUser.made };

/** @throws AccessDenied `forbidden` for users of other tenants, whom only SYSTEM without a tenant administers */
function assertReaches(by: SecureUser, { tenantId }: PersonState): void {
  if (!crossesTenants(by) && (tenantId ?? undefined) !== by.tenantId)
    throw new AccessDenied('forbidden', 'You may not administer users of another tenant.');
}

/** What administrations of users ask before they do something. */
export function personRules(calls: Calls): PersonRules {
  return Object.freeze({
    async assertMayRead(by) {
      assertArgument('identity.persons.assertMayRead', by, PRINCIPAL);
      (await calls.of(by)).assert('system:policy', {}, true, READS);
    },
    async assertMayManage(by) {
      assertArgument('identity.persons.assertMayManage', by, PRINCIPAL);
      (await calls.of(by)).assert('system:policy', {}, true, CHANGES);
    },
    async assertMayChange(by, from, to) {
      assertArgument('identity.persons.assertMayChange', by, PRINCIPAL);
      for (const person of [to, from]) if (person !== undefined) assertReaches(by, person);
      // Also while the rules are switched off: what is given then stays when they are switched on.
      const now = await calls.book.current(to.tenantId ?? null);
      assertMayGiveTo(by, now, from, to);
      if (from === undefined) return;
      const [before, after] = [from, to].map(({ tenantId }) => tenantId ?? null);
      if (before === after) return assertSomebodyLeft(now.set, calls.principals, from, to);
      // Whoever moves is gone from the tenant before.
      const { set } = await calls.book.current(before as string | null);
      await assertSomebodyLeft(set, calls.principals, from, { ...from, disabled: true });
    },
    async alone(by, work) {
      assertArgument('identity.persons.alone', by, PRINCIPAL);
      assertArgument('identity.persons.alone', work, FUNCTION);
      const { principals } = calls;
      return calls.people.alone(async () => {
        // Another process may have changed the caller while this one waited.
        principals.forget(by.userName);
        return work(await principals.again(by));
      });
    },
    async assertMayChangeOwnPassword(by) {
      assertArgument('identity.persons.assertMayChangeOwnPassword', by, PRINCIPAL);
      const { securityRoles } = (await calls.of(by)).inForce;
      if (securityRoles.exist && !securityRoles.rightsOf(by).has(OWN_PASSWORD))
        throw needsRight(OWN_PASSWORD);
    },
  } satisfies PersonRules);
}
