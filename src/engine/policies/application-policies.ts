import { createDecisionPoint, tryPolicies } from '../../core/decision-point.js';
import { BadInput } from '../../core/errors.js';
import { narrowedTaskRules, taskRulesPolicy } from '../../core/policies/task-rules.js';
import { tenants, tenantsWithoutCode } from '../../core/policies/tenants.js';
import type { Policy } from '../../core/policy.js';
import { compileSet, type CompileOptions } from '../../core/policy-kinds.js';
import type { PolicySet } from '../../core/policy-set.js';
import type { Compiled } from './policy-book.js';
import type { GuardOptions } from '../contract/types.js';
import { messageOf } from '../contract/incidents.js';

/**
 * Returns the policies of a guard, each tried once.
 * @throws BadInput `bad-configuration` if one fails for everybody or has a condition that can never be evaluated
 */
export function applicationPolicies(options: GuardOptions): readonly Policy[] {
  const { policies = [], tenantsMaySaveCode = true } = options;
  const [failed] = tryPolicies(policies);
  if (failed !== undefined)
    throw new BadInput(
      'bad-configuration',
      `The policy ${failed.policy} cannot be used for ${failed.operation}: ${messageOf(failed.cause)}.`,
      { cause: failed.cause },
    );
  return [taskRulesPolicy, tenantsMaySaveCode ? tenants : tenantsWithoutCode, ...policies];
}

/** Makes the decision point of a policy set: its policies are added to those of the application. */
export const compilerWith =
  (policies: readonly Policy[], options: CompileOptions = {}) =>
  (set: PolicySet): Compiled => {
    const { policies: configured, ...compiled } = compileSet(set, options);
    const { narrowing } = compiled.grid;
    const basic = policies.map((policy) =>
      policy === taskRulesPolicy && narrowing !== undefined ? narrowedTaskRules(narrowing) : policy,
    );
    return { ...compiled, point: createDecisionPoint([...basic, ...configured]) };
  };
