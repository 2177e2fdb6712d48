import { createDecisionPoint, type DecisionPoint } from './decision-point.js';
import type { FieldsFailed } from '../fields/field-rule.js';
import { OPERATIONS, type Operation } from '../operation.js';
import type { Policy } from '../policy.js';
import { SecureUser } from '../principal.js';
import type { Failure } from './ruling.js';

/** The principals that policies are tried on before a guard starts: ordinary users with and without a tenant. */
const TRIED: readonly SecureUser[] = [
  new SecureUser({ userName: 'anybody' }),
  new SecureUser({ userName: 'anybody', tenantId: 'any' }),
];

/**
 * Tries every policy on every operation. A policy that fails for an ordinary user, or whose condition can never be
 * evaluated, would answer every call with "could not tell".
 */
export function tryPolicies(policies: readonly Policy[]): (Failure & { readonly operation: Operation })[] {
  return policies.flatMap((policy) => {
    const point = createDecisionPoint([policy]);
    for (const principal of TRIED) {
      try {
        point.fields(principal);
      } catch (error) {
        const { cause } = error as FieldsFailed;
        return [{ policy: policy.name, cause, operation: 'instance:read' as const }];
      }
    }
    return (Object.keys(OPERATIONS) as Operation[]).flatMap((operation) =>
      TRIED.flatMap((principal) => {
        const { failure } = point.ask(principal, operation);
        return failure === undefined ? [] : [{ ...failure, operation }];
      }).slice(0, 1),
    );
  });
}

/** The operations whose rules scope the lists of instances and items. */
export const LISTED: readonly Operation[] = Object.freeze(['task:read', 'instance:read']);

/**
 * The permissive rules from which no marks follow, as `policy/rule`: they make every list scan all instances of the
 * tenant. Tried for ordinary users, and for members of each group.
 */
export function unmarkedRules(point: DecisionPoint, groups: readonly string[] = []): string[] {
  const members = groups.map((group) => new SecureUser({ userName: 'anybody', userGroups: [group] }));
  const asked = LISTED.flatMap((operation) =>
    [...TRIED, ...members].flatMap((principal) => point.ask(principal, operation).unmarked()),
  );
  return [...new Set(asked)];
}
