import { and, type Condition } from '../condition/condition.js';
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import { factored, factoredWithin, restricted } from '../condition/factor.js';
import type { Operation } from '../operation.js';
import { PolicySet } from '../policy-set/policy-set.js';
import type { Effect, Policy, Rule } from '../policy.js';
import { SecureUser } from '../principal.js';
import type { Call } from '../evaluation/steps.js';
import { CaseRoles } from './case-roles/case-roles.js';
import { LISTS, TOGETHER } from './generated-rules.js';
import { taskRulesPolicy } from './task-rules.js';
import { tenants } from './tenants.js';

/** A list of conditions that is the same in every process, so that the build can generate code for it. */
interface BuiltIn {
  readonly name: string;
  readonly effect: Effect;
  readonly conditions: readonly Condition[];
}

/** Lists that are evaluated together, by their names, in the order of the policies. */
interface Combination {
  readonly name: string;
  readonly permits: readonly string[];
  readonly restricts: readonly string[];
}

const CASES = new CaseRoles(PolicySet.EMPTY);
const WHO = {
  OfTenant: new SecureUser({ userName: 'anybody', tenantId: 'any' }),
  OfNobody: new SecureUser({ userName: 'anybody' }),
} as const;
const OPERATIONS = {
  readTask: 'task:read',
  takeTask: 'task:take',
  executeTask: 'task:execute',
  readInstance: 'instance:read',
  delegateTask: 'task:delegate',
  rejectTask: 'task:reject',
  escalateTask: 'task:escalate',
  suspendTask: 'task:suspend',
} as const satisfies Record<string, Operation>;
/** The operations that lists ask for each row. */
const OFTEN: ReadonlySet<string> = new Set(['readTask', 'takeTask', 'executeTask', 'readInstance']);

const isSameList = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a.length === b.length && a.every((condition, at) => condition === b[at]);

/** The rules that always apply, without case roles and with them. */
const POLICIES = {
  '': [taskRulesPolicy, tenants],
  OrCase: [taskRulesPolicy, tenants, CASES],
} as const satisfies Record<string, readonly Policy[]>;

/** Asks the policies for their lists; lists of the same conditions have one name. */
function asked(): { readonly lists: readonly BuiltIn[]; readonly combinations: readonly Combination[] } {
  const lists: BuiltIn[] = [];
  const combinations: Combination[] = [];
  const named = (name: string, effect: Effect, rules: readonly Rule[] = []): string[] => {
    const conditions = rules.map(({ when }) => when);
    if (conditions.length === 0) return [];
    const known = lists.find((one) => one.effect === effect && isSameList(one.conditions, conditions));
    if (known === undefined) lists.push({ name, effect, conditions });
    return [known?.name ?? name];
  };
  for (const [name, operation] of Object.entries(OPERATIONS))
    for (const [who, principal] of Object.entries(WHO))
      for (const [suffix, policies] of Object.entries(POLICIES)) {
        const permits: string[] = [];
        const restricts: string[] = [];
        for (const policy of policies) {
          const { permissive, restrictive } = policy.answer(principal, operation, {});
          const own = policy === CASES ? `${name}OfCase` : name;
          permits.push(...named(own, 'permits', permissive));
          restricts.push(
            ...named(policy === tenants ? `rows${who}` : `${own}Only`, 'restricts', restrictive),
          );
        }
        if (OFTEN.has(name)) combinations.push({ name: `${name}${who}${suffix}`, permits, restricts });
      }
  // Where one list begins like another, the longer one is looked for first.
  lists.sort((a, b) => b.conditions.length - a.conditions.length);
  return { lists: Object.freeze(lists), combinations: Object.freeze(combinations) };
}

/** All lists with generated code, and those that are evaluated together. */
export const BUILT_IN = asked();

/** One condition for a list: any of those that permit, all of those that restrict. */
export const togetherOf = ({ effect, conditions }: BuiltIn): Condition =>
  factoredWithin(effect === 'permits' ? factored(conditions) : and(...restricted(conditions)));

/** What of a list of conditions is code, and the other conditions. */
interface Parted {
  readonly names: readonly string[];
  readonly calls: readonly Call[];
  readonly others: readonly Condition[];
}

/** Finds the lists for which there is code among the conditions of all policies. */
export function parted(effect: Effect, conditions: readonly Condition[]): Parted {
  const ofEffect = BUILT_IN.lists.filter((one) => one.effect === effect);
  const names: string[] = [];
  const calls: Call[] = [];
  const others: Condition[] = [];
  for (let at = 0; at < conditions.length;) {
    const found = ofEffect.find((one) =>
      one.conditions.every((part, next) => part === conditions[at + next]),
    );
    const code = found && LISTS[found.name];
    if (found !== undefined && code !== undefined) {
      names.push(found.name);
      calls.push(code);
      at += found.conditions.length;
    } else others.push(conditions[at++] as Condition);
  }
  return { names, calls, others };
}

const areSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, at) => name === b[at]);

/** The code of lists that are evaluated together, without any others. */
export function codeTogether(permit: Parted, restrict: Parted): PrincipalPredicate | undefined {
  if (permit.others.length + restrict.others.length > 0) return undefined;
  const found = BUILT_IN.combinations.find(
    (one) => areSame(one.permits, permit.names) && areSame(one.restricts, restrict.names),
  );
  return found && TOGETHER[found.name];
}
