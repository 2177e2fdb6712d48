import { eq, exists, NOTHING, type Condition } from '../condition/condition.js';
import { OPERATIONS } from '../operation.js';
import type { Policy, PolicyAnswer, Rule } from '../policy.js';
import type { SecureUser } from '../principal.js';

const NO_ANSWER: PolicyAnswer = Object.freeze({});

/** Makes an answer that names no principal, so that it is compiled once. */
const only = (says: string, when: Condition): Required<Pick<PolicyAnswer, 'restrictive'>> =>
  Object.freeze({
    restrictive: Object.freeze([Object.freeze({ id: 'own-tenant', says, when })]),
  });
const own = (field: string, path: string): Condition => eq(field, { ref: 'user', path });

const MODELS = {
  mine: only('only models of the owner that you act for', own('model.owner', 'modelsOwner')),
  ofTenant: only('only models of your tenant', own('model.owner', 'tenantId')),
  nobodys: only('only models without an owner', exists('model.owner', false)),
} as const;
const ROWS = {
  ofTenant: only('only rows of your tenant', own('instance.tenantId', 'tenantId')),
  nobodys: only('only rows without a tenant', exists('instance.tenantId', false)),
} as const;

const ownRows = ({ tenantId }: SecureUser): PolicyAnswer =>
  tenantId === undefined ? ROWS.nobodys : ROWS.ofTenant;

function ownModels({ modelsOwner, tenantId }: SecureUser): PolicyAnswer {
  if (modelsOwner !== undefined) return MODELS.mine;
  return tenantId === undefined ? MODELS.nobodys : MODELS.ofTenant;
}

/**
 * Isolates tenants, whatever other policies permit: a principal with a tenant sees only rows of that tenant; one
 * without sees only rows without a tenant. Only SYSTEM without a tenant sees all tenants. Applies to ADMIN too.
 */
export const tenants: Policy = Object.freeze({
  name: 'tenants',
  waivable: false,
  answer(principal, operation, facts) {
    const kind = OPERATIONS[operation].kind;
    if (kind === 'system' || (principal.tenantId === undefined && principal.isSystem())) return NO_ANSWER;
    return kind === 'model' || facts.starts === true ? ownModels(principal) : ownRows(principal);
  },
} satisfies Policy);

const NO_CODE: Rule = Object.freeze({
  id: 'no-code',
  says: 'users of tenants may not save models with code',
  when: NOTHING,
});

/**
 * Stricter tenant isolation: a principal with a tenant or a model owner may not save models that contain code, not even
 * as an administrator, because code runs in the process that all tenants share.
 */
export const tenantsWithoutCode: Policy = Object.freeze({
  ...tenants,
  answer(principal, operation, facts) {
    const answer = tenants.answer(principal, operation, facts);
    if (operation !== 'model:code' || principal.owner === undefined) return answer;
    return { restrictive: [...(answer.restrictive ?? []), NO_CODE] };
  },
} satisfies Policy);
