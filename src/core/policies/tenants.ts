import { eq, exists, NOTHING, type Condition } from '../condition.js';
import { OPERATIONS } from '../operation.js';
import type { Policy, PolicyAnswer, Rule } from '../policy.js';
import type { SecureUser } from '../principal.js';

const NO_ANSWER: PolicyAnswer = Object.freeze({});

const own = (field: string, path: string): Condition => eq(field, { ref: 'user', path });
// Without values of a principal in them, so that they are compiled once.
const MODELS = {
  mine: own('model.owner', 'modelsOwner'),
  ofTenant: own('model.owner', 'tenantId'),
  nobodys: exists('model.owner', false),
} as const;
const ROWS = {
  ofTenant: own('instance.tenantId', 'tenantId'),
  nobodys: exists('instance.tenantId', false),
} as const;

function ownRows({ tenantId }: SecureUser): readonly [Condition, string | undefined] {
  return tenantId === undefined ? [ROWS.nobodys, undefined] : [ROWS.ofTenant, tenantId];
}

function ownModels({ modelsOwner, tenantId }: SecureUser): readonly [Condition, string | undefined] {
  if (modelsOwner !== undefined) return [MODELS.mine, modelsOwner];
  return tenantId === undefined ? [MODELS.nobodys, undefined] : [MODELS.ofTenant, tenantId];
}

/**
 * Tenants are kept apart, whatever other policies say: a principal with a tenant sees its tenant's rows only, one
 * without only rows without one; SYSTEM without a tenant crosses tenants. It holds for ADMIN too.
 */
export const tenants: Policy = Object.freeze({
  name: 'tenants',
  waivable: false,
  answer(principal, operation, facts) {
    const kind = OPERATIONS[operation].kind;
    if (kind === 'system' || (principal.isSystem() && principal.tenantId === undefined)) return NO_ANSWER;
    const [when, mine] =
      kind === 'model' || facts.starts === true ? ownModels(principal) : ownRows(principal);
    return {
      restrictive: [
        {
          id: 'own-tenant',
          says: mine === undefined ? 'only rows without a tenant' : `only rows of tenant ${mine}`,
          when,
        },
      ],
    };
  },
} satisfies Policy);

const NO_CODE: Rule = Object.freeze({
  id: 'no-code',
  says: 'people of tenants save no models with code',
  when: NOTHING,
});

/**
 * The same wall, with less trust in those behind it: who has a tenant, or models of an owner, saves no model that holds
 * code, administrators included. Code runs in the process of all tenants.
 */
export const tenantsWithoutCode: Policy = Object.freeze({
  ...tenants,
  answer(principal, operation, facts) {
    const answer = tenants.answer(principal, operation, facts);
    if (operation !== 'model:code' || principal.owner === undefined) return answer;
    return { restrictive: [...(answer.restrictive ?? []), NO_CODE] };
  },
} satisfies Policy);
