import { bind } from './bind.js';
import { and, EVERYTHING, NOTHING, or, type Condition } from './condition.js';
import type { Decision, Reason } from './decision.js';
import { compile, type Predicate } from './evaluate.js';
import { asOperation, type Operation } from './operation.js';
import { readAnswer } from './policy-answer.js';
import type { Facts, Policy, Rule } from './policy.js';
import { ADMIN, SYSTEM, type SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { scopeOf, type Scope } from './scope.js';
import { show } from './show.js';

interface BoundRule extends Rule {
  readonly policy: string;
  readonly effect: 'permits' | 'restricts';
  readonly holds: Predicate;
}

type Rules = { readonly rules: readonly BoundRule[] } | { readonly failed: string };

const NO_FACTS: Facts = Object.freeze({});

/**
 * The one decision point. It asks every policy and combines the answers as row-level security does:
 * `( P1 or P2 or … ) and R1 and R2 and …`, deny by default (spec 00, How policies combine).
 */
export interface DecisionPoint {
  /** May the principal do this to this resource? Denied on any failure; never throws for a known operation. */
  decide(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): Decision;
  /** The same answer as {@link decide}, without its reasons; compiled once per principal and operation. */
  allows(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): boolean;
  /** On which resources could the principal do this? The same rules, for a query. */
  scope(principal: SecureUser, operation: Operation, facts?: Facts): Scope;
}

/** Administrators pass what policies restrict, except the wall between tenants (spec 00). */
const NEVER_WAIVED: ReadonlySet<string> = new Set(['tenants']);

/** The policies that have a say: none for SYSTEM across tenants, so that none can lock it out. */
function heard(policies: readonly Policy[], principal: SecureUser): readonly Policy[] {
  if (!principal.isAdmin()) return policies;
  if (principal.isSystem() && principal.tenantId === undefined) return [];
  return policies.filter((policy) => NEVER_WAIVED.has(policy.name));
}

function ask(policies: readonly Policy[], principal: SecureUser, operation: Operation, facts: Facts): Rules {
  const admin = principal.isAdmin();
  const rules: BoundRule[] = [];
  const add = (policy: string, effect: BoundRule['effect'], list: readonly Rule[]): void => {
    for (const rule of list) {
      const when = bind(rule.when, principal);
      rules.push({ ...rule, policy, effect, when, narrow: rule.narrow && bind(rule.narrow, principal), holds: compile(when) });
    }
  };
  if (admin) {
    const group = principal.isSystem() ? SYSTEM : ADMIN;
    rules.push({ policy: 'administrators', effect: 'permits', id: group.toLowerCase(), says: `${group} may do everything in its tenant`, when: EVERYTHING, holds: () => true });
  }
  for (const policy of heard(policies, principal)) {
    try {
      const { permissive, restrictive } = readAnswer(policy.answer(principal, operation, facts));
      if (!admin) add(policy.name, 'permits', permissive);
      add(policy.name, 'restricts', restrictive);
    } catch {
      return { failed: policy.name };
    }
  }
  return { rules };
}

const whens = (rules: readonly BoundRule[], effect: BoundRule['effect']): Condition[] => rules.filter((r) => r.effect === effect).map((r) => r.when);
const combine = (rules: readonly BoundRule[]): Condition => and(or(...whens(rules, 'permits')), ...whens(rules, 'restricts'));

/** Where all that is permitted can be found; undefined when one permissive rule says nothing about it. */
function narrowing(rules: readonly BoundRule[]): Condition | undefined {
  const narrows = new Map<string, Condition>();
  for (const { effect, narrow, when } of rules) {
    if (effect !== 'permits' || when === NOTHING) continue;
    if (narrow === undefined) return undefined;
    narrows.set(JSON.stringify(narrow), narrow);
  }
  return narrows.size === 0 ? undefined : or(...narrows.values());
}

function decision(operation: Operation, principal: SecureUser, asked: Rules, resource: Resource): Decision {
  const reasons: Reason[] = [];
  let allowed = false;
  if ('failed' in asked) {
    reasons.push(Object.freeze({ policy: asked.failed, rule: 'error', effect: 'failed', holds: false, says: 'the policy failed, so the answer is no' }));
  } else {
    for (const { policy, id, effect, says, holds } of asked.rules) reasons.push(Object.freeze({ policy, rule: id, effect, holds: holds(resource), says }));
    allowed = reasons.some((r) => r.effect === 'permits' && r.holds) && reasons.every((r) => r.effect !== 'restricts' || r.holds);
  }
  return Object.freeze({ allowed, operation, userName: principal.userName, reasons: Object.freeze(reasons) });
}

/**
 * Makes the decision point for a list of policies. What it keeps per principal is derived from frozen values and is
 * held weakly, so nothing of one principal can answer for another.
 * @throws TypeError when two policies have one name
 */
export function createDecisionPoint(list: readonly Policy[]): DecisionPoint {
  const policies = Object.freeze([...list]);
  const twice = policies.find(({ name }, at) => policies.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new TypeError(`Two policies are named ${show(twice.name)}`);
  const compiled = new WeakMap<SecureUser, Map<Operation, Predicate>>();

  const predicate = (principal: SecureUser, operation: Operation, facts: Facts): Predicate => {
    const asked = ask(policies, principal, asOperation(operation), facts);
    return 'failed' in asked ? () => false : compile(combine(asked.rules));
  };

  return Object.freeze({
    decide: (principal, operation, resource, facts = NO_FACTS) => decision(operation, principal, ask(policies, principal, asOperation(operation), facts), resource),

    allows(principal, operation, resource, facts) {
      if (facts !== undefined) return predicate(principal, operation, facts)(resource);
      let mine = compiled.get(principal);
      if (mine === undefined) compiled.set(principal, (mine = new Map()));
      let allowed = mine.get(operation);
      if (allowed === undefined) mine.set(operation, (allowed = predicate(principal, operation, NO_FACTS)));
      return allowed(resource);
    },

    scope(principal, operation, facts = NO_FACTS) {
      const asked = ask(policies, principal, asOperation(operation), facts);
      return 'failed' in asked ? scopeOf(NOTHING) : scopeOf(combine(asked.rules), narrowing(asked.rules));
    },
  } satisfies DecisionPoint);
}
