import { Compilations } from '../../core/decision/compilations.js';
import { createDecisionPoint, type DecisionPoint } from '../../core/decision/decision-point.js';
import type { InSteps } from '../../core/in-steps.js';
import { LISTED } from '../../core/policies/grid/grid-policy.js';
import { SecureUser } from '../../core/principal.js';
import { tryPolicies } from '../../core/decision/tried-policies.js';
import { BadInput } from '../../core/errors.js';
import { messageOf } from '../../core/thrown.js';
import { narrowedTaskRules, taskRulesPolicy, type Narrowing } from '../../core/policies/task-rules.js';
import { tenants, tenantsWithoutCode } from '../../core/policies/tenants.js';
import type { Policy } from '../../core/policy.js';
import { compileSet, type CompileOptions } from '../../core/policy-set/kinds.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';
import type { Compiled, Compiling } from './policy-book.js';
import type { GuardOptions } from '../contract/types.js';

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

const ANYBODY = new SecureUser({ userName: 'anybody', userGroups: [] });

/** Asks what lists ask, so that the first of them need not wait for what is the same for everybody. */
function* prepared(point: DecisionPoint): InSteps<void> {
  for (const operation of LISTED) {
    const ruling = point.ask(ANYBODY, operation);
    yield;
    yield* ruling.prepare();
  }
}

/** Operations for which the task rules state how the grid narrows them, which may be long. */
const NARROWED = Object.freeze(['task:read', 'instance:read', 'task:assign', 'task:reject'] as const);

/** Compiles a policy set in steps; what it shares with the previous set is not compiled again. */
export type Compile = (set: PolicySet, before?: { readonly set: PolicySet } & Compiled) => Compiling;

/** The policies of this package answer from their arguments alone; one of an application may look at a clock. */
const PURE: readonly Policy[] = Object.freeze([taskRulesPolicy, tenants, tenantsWithoutCode]);

/** Makes the decision points of policy sets: their policies are added to those of the application. */
export function compilerWith(policies: readonly Policy[], options: CompileOptions = {}): Compile {
  const compilations = new Compilations();
  const arePure = policies.every((policy) => PURE.includes(policy));
  const narrowed = new WeakMap<Narrowing, Policy>();
  const taskRulesWith = (narrowing: Narrowing): Policy => {
    let found = narrowed.get(narrowing);
    if (found === undefined) narrowed.set(narrowing, (found = narrowedTaskRules(narrowing)));
    return found;
  };
  return function* (set, before) {
    const { policies: configured, ...compiled } = compileSet(
      set,
      options,
      before && { set: before.set, compiled: before },
    );
    const { grid } = compiled;
    yield* grid.prepare((answer) => compilations.prepare(answer));
    const { narrowing } = grid;
    yield;
    const taskRules = narrowing === undefined ? taskRulesPolicy : taskRulesWith(narrowing);
    if (narrowing !== undefined)
      for (const operation of NARROWED) yield* compilations.prepare(taskRules.answer(ANYBODY, operation, {}));
    const basic = policies.map((policy) => (policy === taskRulesPolicy ? taskRules : policy));
    const point = createDecisionPoint([...basic, ...configured], compilations, arePure);
    return { ...compiled, point, ...(grid.isLarge && { preparing: prepared(point) }) };
  };
}
