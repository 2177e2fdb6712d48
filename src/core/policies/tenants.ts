import { eq, exists } from '../condition.js';
import { OPERATIONS } from '../operation.js';
import type { Policy, PolicyAnswer } from '../policy.js';

const NO_ANSWER: PolicyAnswer = Object.freeze({});

/**
 * Tenants are kept apart, whatever other policies say: a principal with a tenant sees its tenant's rows only, one
 * without only rows without one; SYSTEM without a tenant crosses tenants (spec 00; 08, 31). It holds for ADMIN too.
 */
export const tenants: Policy = Object.freeze({
  name: 'tenants',
  answer(principal, operation) {
    const kind = OPERATIONS[operation].kind;
    if (kind === 'system' || (principal.isSystem() && principal.tenantId === undefined)) return NO_ANSWER;
    const [field, mine] = kind === 'model' ? (['model.owner', principal.owner] as const) : (['instance.tenantId', principal.tenantId] as const);
    const when = mine === undefined ? exists(field, false) : eq(field, mine);
    return { restrictive: [{ id: 'own-tenant', says: mine === undefined ? 'only rows without a tenant' : `only rows of tenant ${mine}`, when }] };
  },
} satisfies Policy);
